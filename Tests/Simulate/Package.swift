// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// From links into the tree: a release build of the package they are part of takes many minutes.
let package = Package(
    name: "Simulate",
    platforms: [.macOS("26.0")],
    dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")],
    targets: [
        .target(
            name: "SymMessages", dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            path: "Shared/SymMessages", swiftSettings: strict),
        .target(name: "Leases", dependencies: ["SymMessages"], path: "Shared/Leases", swiftSettings: strict),
        .target(
            name: "Simulation", dependencies: ["Leases", "SymMessages"], path: "Shared/Simulation",
            swiftSettings: strict),
        .executableTarget(name: "simulate", dependencies: ["Simulation"], swiftSettings: strict),
    ]
)
