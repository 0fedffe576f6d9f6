// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The modules are built again, from links into the tree, for libFuzzer has to count what their code does.
func shared(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict)
}

func fuzzer(
    _ name: String, _ dependencies: [Target.Dependency] = ["SymConfiguration", "SymMessages"]
) -> Target {
    .executableTarget(name: name, dependencies: ["CLibFuzzer"] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "Fuzzing",
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        shared("SymMessages", [.product(name: "Crypto", package: "swift-crypto")]),
        shared("SymConfiguration", ["SymMessages", .product(name: "Yams", package: "Yams")]),
        .target(name: "CLanes", path: "Shared/CLanes"),
        shared("HuJSON", ["CLanes"]),
        shared("TailnetPolicy", ["HuJSON"]),
        shared("HuJSONChecks", ["HuJSON"]),
        shared("PolicyChecks", ["HuJSON", "TailnetPolicy"]),
        .target(name: "CLibFuzzer"),
        fuzzer("fuzz-when"),
        fuzzer("fuzz-yaml"),
        fuzzer("fuzz-hujson", ["HuJSONChecks", "PolicyChecks"]),
    ]
)
