// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let huJSON: Target.Dependency = .product(name: "HuJSON", package: "HuJSON")
let kafkaClient: Target.Dependency = .product(name: "KafkaClient", package: "KafkaClient")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(path: "../../Shared/HuJSON"),
        .package(path: "../../Shared/KafkaClient"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // A name of its own: the client's module of librdkafka is not for others to use.
        .systemLibrary(
            name: "CLibrdkafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        .target(name: "CPlainLoop", dependencies: ["CLibrdkafka"]),
        .executableTarget(
            name: "kafka-bench", dependencies: ["CPlainLoop", kafkaClient, logging], swiftSettings: strict),
        // From links into the tree: the package they are part of is large.
        .target(
            name: "TailnetPolicy", dependencies: [huJSON], path: "Shared/TailnetPolicy", swiftSettings: strict),
        .executableTarget(name: "hujson-bench", dependencies: ["TailnetPolicy", huJSON], swiftSettings: strict),
        .target(name: "SymMessages", dependencies: [crypto], path: "Shared/SymMessages", swiftSettings: strict),
        .target(name: "Leases", dependencies: ["SymMessages"], path: "Shared/Leases", swiftSettings: strict),
        // The runner alone: what else is in that folder needs an HTTP server.
        .target(
            name: "ServiceRuntime", dependencies: ["SymMessages", logging, lifecycle], path: "Shared/ServiceRuntime",
            swiftSettings: strict),
        .target(name: "CHeap"),
        .executableTarget(
            name: "leases-bench",
            dependencies: [
                "CHeap", "Leases", "SymMessages", "ServiceRuntime", "TailnetPolicy", huJSON, kafkaClient, crypto,
                logging,
                lifecycle,
            ],
            exclude: ["TailnetSimulator/TailnetSimulatorServer.swift"], swiftSettings: strict),
        .target(
            name: "SymConfiguration", dependencies: ["SymMessages", yams], path: "Shared/SymConfiguration",
            swiftSettings: strict),
        // With the service's own files, but what needs its settings.
        .executableTarget(
            name: "approval-bench",
            dependencies: [
                "CHeap", "SymConfiguration", "SymMessages", "ServiceRuntime", kafkaClient, logging, lifecycle,
            ],
            exclude: ["Approval/Main.swift", "Approval/Kafka"], swiftSettings: strict),
    ]
)
