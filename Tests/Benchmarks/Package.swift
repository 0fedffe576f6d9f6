// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(path: "../../Shared/HuJSON"),
        .package(path: "../../Shared/KafkaClient"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // A name of its own: the client's module of librdkafka is not for others to use.
        .systemLibrary(
            name: "CLibrdkafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        .target(name: "CPlainLoop", dependencies: ["CLibrdkafka"]),
        .executableTarget(
            name: "kafka-bench",
            dependencies: [
                "CPlainLoop",
                .product(name: "KafkaClient", package: "KafkaClient"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // From a link into the tree: the package it is part of is large.
        .target(
            name: "TailnetPolicy", dependencies: [.product(name: "HuJSON", package: "HuJSON")],
            path: "Shared/TailnetPolicy", swiftSettings: strict),
        .executableTarget(
            name: "hujson-bench",
            dependencies: ["TailnetPolicy", .product(name: "HuJSON", package: "HuJSON")],
            swiftSettings: strict),
    ]
)
