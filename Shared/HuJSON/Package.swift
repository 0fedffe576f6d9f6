// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "HuJSON",
    platforms: [.macOS("26.0")],
    products: [.library(name: "HuJSON", targets: ["HuJSON"])],
    targets: [
        .target(name: "CLanes"),
        .target(name: "HuJSON", dependencies: ["CLanes"], swiftSettings: strict),
        .testTarget(name: "HuJSONTests", dependencies: ["HuJSON"], swiftSettings: strict),
    ]
)
