// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTestKit: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
// On macOS the SDK has it.
let systemPackage: Target.Dependency = .product(
    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux]))
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let kafkaClient: Target.Dependency = .product(name: "KafkaClient", package: "KafkaClient")
let embeddedBroker: Target.Dependency = .product(name: "EmbeddedBroker", package: "KafkaClient")
// Not linked: the sandbox starts it as a process of its own.
let embeddedBrokerProgram: Target.Dependency = .product(name: "sym-embedded-broker", package: "KafkaClient")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let huJSON: Target.Dependency = .product(name: "HuJSON", package: "HuJSON")

func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict)
}

func service(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Services/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "sym",
    platforms: [.macOS("26.0")],
    products: [
        .executable(name: "sym-intake", targets: ["Intake"]),
        .executable(name: "sym-approval", targets: ["Approval"]),
        .executable(name: "sym-tailscale-provisioner", targets: ["TailscaleProvisioner"]),
        .executable(name: "symflow", targets: ["Symflow"]),
        .executable(name: "sym-sandbox", targets: ["Sandbox"]),
    ],
    dependencies: [
        .package(path: "Shared/KafkaClient"),
        .package(path: "Shared/HuJSON"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        shared("SymMessages", [crypto]),
        shared("SymConfiguration", ["SymMessages", yams]),
        shared("Leases", ["SymMessages"]),
        shared("LeaseCopy", ["SymMessages", grdb]),
        shared("TailnetPolicy", [huJSON]),
        shared("TailscaleAPI", ["TailnetPolicy", asyncHTTPClient, huJSON, logging]),
        shared(
            "ServiceRuntime",
            ["SymMessages", kafkaClient, logging, lifecycle, unixSignals, configuration, hummingbird]),

        service(
            "Intake",
            [
                "SymMessages", "SymConfiguration", "ServiceRuntime", kafkaClient, hummingbird, asyncHTTPClient, crypto,
                logging, lifecycle,
            ]),
        service(
            "Approval",
            ["SymMessages", "SymConfiguration", "ServiceRuntime", kafkaClient, logging, lifecycle]),
        service(
            "TailscaleProvisioner",
            [
                "SymMessages", "SymConfiguration", "Leases", "LeaseCopy", "TailnetPolicy", "TailscaleAPI",
                "ServiceRuntime",
                kafkaClient, asyncHTTPClient, logging, lifecycle,
            ]),
        service(
            "Symflow",
            [
                "SymMessages", "SymConfiguration", "TailnetPolicy", "ServiceRuntime", kafkaClient, argumentParser,
                asyncHTTPClient, subprocess, systemPackage, logging,
            ]),
        .target(
            name: "SandboxStack",
            dependencies: ["SymMessages", asyncHTTPClient, crypto, subprocess, systemPackage],
            path: "Services/SandboxStack", swiftSettings: strict),
        service(
            "Sandbox",
            [
                "SymMessages", "SandboxStack", huJSON, argumentParser, hummingbird, asyncHTTPClient, crypto,
                lifecycle, unixSignals, embeddedBrokerProgram,
            ]),

        .target(
            name: "SimulatedLog", dependencies: [kafkaClient, lifecycle], path: "Tests/SimulatedLog",
            swiftSettings: strict),
        tests(
            "SimulatedLogTests", ["SimulatedLog", kafkaClient, embeddedBroker, lifecycleTestKit, logging]),

        tests("SymMessagesTests", ["SymMessages"]),
        tests("SymConfigurationTests", ["SymConfiguration"]),
        tests("LeasesTests", ["Leases"]),
        tests("LeaseCopyTests", ["LeaseCopy", "Leases", "SymMessages", grdb]),
        tests("TailnetPolicyTests", ["TailnetPolicy", huJSON], resources: [.copy("Fixtures")]),
        tests(
            "TailscaleAPITests",
            ["TailscaleAPI", "TailnetPolicy", huJSON, "Sandbox", "SymMessages", asyncHTTPClient],
            resources: [.copy("Fixtures")]),
        tests("ServiceRuntimeTests", ["ServiceRuntime", "SymMessages", kafkaClient, logging]),
        tests(
            "IntakeTests",
            [
                "Intake", "SymMessages", "SymConfiguration", "ServiceRuntime", kafkaClient, hummingbird,
                hummingbirdTesting, asyncHTTPClient, crypto, logging,
            ]),
        // The transcripts are read where they lie: a test may write them.
        .testTarget(
            name: "SymflowTests",
            dependencies: [
                "Symflow", "Intake", "Approval", "SandboxStack", "SymMessages", "SymConfiguration", "ServiceRuntime",
                kafkaClient, embeddedBroker, argumentParser, hummingbird, crypto, logging,
            ],
            path: "Tests/SymflowTests", exclude: ["Transcripts"], swiftSettings: strict),
        tests("ApprovalTests", ["Approval", "SymMessages", "SymConfiguration"]),
        tests(
            "TailscaleProvisionerTests",
            [
                "TailscaleProvisioner", "Leases", "LeaseCopy", "SymMessages", "SymConfiguration", "ServiceRuntime",
                "TailnetPolicy",
                "TailscaleAPI", "Sandbox", asyncHTTPClient, kafkaClient, logging,
            ]),
        tests("SandboxTests", ["Sandbox", "SymMessages"]),
        tests("EndToEndTests", ["SymMessages", "SandboxStack"], resources: [.copy("Fixtures")]),
    ]
)
