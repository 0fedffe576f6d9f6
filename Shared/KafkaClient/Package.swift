// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func example(_ name: String) -> Target {
    .executableTarget(
        name: "example-\(name.lowercased())",
        dependencies: [
            "KafkaClient",
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ],
        path: "Examples/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "KafkaClient",
    platforms: [.macOS("26.0")],
    products: [
        .library(name: "KafkaClient", targets: ["KafkaClient"]),
        .library(name: "EmbeddedBroker", targets: ["EmbeddedBroker"]),
        .executable(name: "sym-embedded-broker", targets: ["sym-embedded-broker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-service-context", from: "1.5.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CRDKafka",
            pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        .target(
            name: "KafkaClient",
            dependencies: [
                "CRDKafka",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "ServiceContextModule", package: "swift-service-context"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(name: "EmbeddedBroker", dependencies: ["CRDKafka"], swiftSettings: strict),
        .target(name: "StrictProxy", swiftSettings: strict),
        .target(name: "CBindPort", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .executableTarget(
            name: "sym-embedded-broker", dependencies: ["EmbeddedBroker", "StrictProxy", "CBindPort"],
            swiftSettings: strict),
        .target(name: "SoakJudge", swiftSettings: strict),
        .executableTarget(
            name: "kafka-soak",
            dependencies: [
                "KafkaClient", "SoakJudge",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        example("Produce"),
        example("Consume"),
        example("Table"),
        .testTarget(
            name: "KafkaClientTests",
            dependencies: [
                "KafkaClient", "EmbeddedBroker", "StrictProxy", "SoakJudge", "CRDKafka",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Instrumentation", package: "swift-distributed-tracing"),
                .product(name: "ServiceContextModule", package: "swift-service-context"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
    ]
)
