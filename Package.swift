// swift-tools-version: 6.2
import PackageDescription

/// One array for every target: the compiler keeps the arrows of the house pointing down.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ] + (Context.environment["UNDERSTUDY_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser], path: path, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, swiftSettings: settings)
}

let package = Package(
    name: "understudy",
    products: [
        .executable(name: "understudy", targets: ["understudy"]),
        .executable(name: "fake-comfyui", targets: ["fake-comfyui"]),
        .executable(name: "fake-litellm", targets: ["fake-litellm"]),
        .executable(name: "fake-gradio", targets: ["fake-gradio"]),
        .executable(name: "understudy-doctor", targets: ["understudy-doctor"]),
        .executable(name: "storyboard", targets: ["storyboard"]),
        .library(name: "Connectivity", targets: ["Connectivity"]),
        .library(
            name: "Understudy",
            targets: [
                "Fakes", "ComfyUIFake", "LiteLLMFake", "GradioFake", "UnderstudyTestKit", "Scenarios", "Journal",
                "SocketServer", "JSONTree",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The rest is for Connectivity alone: no server and no command of the suite links it.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C, seen by one Swift module each.
        .systemLibrary(name: "CLws", pkgConfig: "libwebsockets libuv", providers: [.apt(["libwebsockets-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CImage", pkgConfig: "libpng libturbojpeg libwebp",
            providers: [.apt(["libpng-dev", "libturbojpeg0-dev", "libwebp-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // JSON and other embedded files of the fakes, by #embed.
        .target(name: "ComfyUIAssets", exclude: ["object_info.json", "node_replacements.json"]),
        .target(name: "GradioAssets", exclude: ["apps", "data"]),

        module("Words"),
        module("Terminal"),
        module("Encodings"),
        module("JSONTree"),
        module("YAMLNodes", ["CYAML"]),
        module("SocketServer", ["CLws", "COpenSSL", "CNghttp2", "CZlib"]),
        module("Media", ["CZlib", "CImage"]),
        module("Scenarios", ["JSONTree", "YAMLNodes", "Words", "Encodings"]),
        module("Journal", ["JSONTree", "Words", "Encodings"]),
        module("Fakes", ["SocketServer", "JSONTree", "Scenarios", "Journal", "Words", logging]),
        module("ControlServer", ["Fakes", "Scenarios", "Journal", "SocketServer", "JSONTree", "Words"]),
        module("ComfyUIFake", ["Fakes", "Scenarios", "SocketServer", "JSONTree", "Media", "ComfyUIAssets"]),
        module(
            "LiteLLMFake",
            ["Fakes", "Scenarios", "SocketServer", "JSONTree", "Media", "YAMLNodes", "Words", "Encodings"]),
        module(
            "GradioFake",
            [
                "Fakes", "Scenarios", "SocketServer", "JSONTree", "Media", "GradioAssets", "YAMLNodes", "Words",
                "Encodings",
            ]),
        module(
            "Suite",
            [
                "Fakes", "Scenarios", "Journal", "ComfyUIFake", "LiteLLMFake", "GradioFake", "SocketServer", "JSONTree",
                "YAMLNodes", "Words", "ControlServer", "Terminal", "DoctorArguments",
                logging, argumentParser,
            ]),
        module(
            "UnderstudyTestKit",
            [
                "ComfyUIFake", "LiteLLMFake", "GradioFake", "Fakes", "Scenarios", "Journal", "SocketServer", "JSONTree",
                "Words",
            ]),

        // The client library: nothing of the fakes, and nothing of theirs links it.
        module(
            "Connectivity",
            [
                logging,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),

        // What `understudy doctor` is asked, which it hands to a program that can link Connectivity.
        module("DoctorArguments", ["Words", argumentParser]),
        executable("understudy-doctor", ["Connectivity", "DoctorArguments", "Terminal", "Words"]),
        executable("storyboard", ["Connectivity"], path: "Examples/storyboard"),

        executable("understudy", ["Suite"]),
        executable("fake-comfyui", ["Suite"]),
        executable("fake-litellm", ["Suite"]),
        executable("fake-gradio", ["Suite"]),

        .executableTarget(
            name: "floor-echo", dependencies: ["SocketServer"], path: "Benchmarks/floor-echo",
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "fresh-fake", dependencies: ["Fakes", "ComfyUIFake", "LiteLLMFake", "GradioFake", "SocketServer"],
            path: "Benchmarks/fresh-fake", swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "connectivity-bench",
            dependencies: [
                "Connectivity", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], path: "Benchmarks/connectivity", swiftSettings: [.swiftLanguageMode(.v6)]),

        .executableTarget(
            name: "soak",
            dependencies: [
                "Connectivity", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], path: "Benchmarks/soak", swiftSettings: [.swiftLanguageMode(.v6)]),

        // Connectivity at work, for the tests in Python of what clients see.
        .executableTarget(
            name: "onlooker", dependencies: ["Connectivity"], path: "Tests/Clients/onlooker", swiftSettings: settings),

        tests(of: "Words"),
        tests(of: "Encodings"),
        tests(of: "JSONTree"),
        tests(of: "YAMLNodes"),
        tests(of: "SocketServer", ["UnderstudyTestKit", "COpenSSL", "CNghttp2"]),
        tests(of: "Media"),
        tests(of: "Scenarios", ["JSONTree", "YAMLNodes", "Words"]),
        tests(of: "Journal", ["JSONTree"]),
        tests(of: "Fakes", ["UnderstudyTestKit", "Scenarios", "Journal", "SocketServer", "JSONTree"]),
        tests(of: "UnderstudyTestKit", ["Fakes", "Scenarios", "Journal", "SocketServer", "JSONTree"]),
        tests(
            of: "ComfyUIFake",
            ["UnderstudyTestKit", "Fakes", "Scenarios", "SocketServer", "JSONTree", "YAMLNodes"]),
        tests(of: "LiteLLMFake", ["UnderstudyTestKit", "Fakes", "Scenarios", "SocketServer", "JSONTree"]),
        tests(of: "GradioFake", ["UnderstudyTestKit", "Fakes", "Scenarios", "SocketServer", "JSONTree"]),
        tests(
            of: "ControlServer",
            ["UnderstudyTestKit", "Fakes", "Scenarios", "SocketServer", "JSONTree", "YAMLNodes"]),
        tests(
            of: "Connectivity",
            [
                "UnderstudyTestKit", "Fakes", "ComfyUIFake", "LiteLLMFake", "GradioFake", "Scenarios", "Journal",
                "SocketServer", "JSONTree", "Encodings",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            of: "Suite",
            ["UnderstudyTestKit", "Fakes", "SocketServer", "Terminal", "understudy", "fake-comfyui", logging]),
    ]
)

// The suite alone: nothing of Connectivity is built, nor what that stands on, which takes as long as all the rest.
if Context.environment["UNDERSTUDY_SUITE_ONLY"] != nil {
    let others: Set = [
        "Connectivity", "ConnectivityTests", "understudy-doctor", "storyboard", "connectivity-bench", "soak",
        "onlooker",
    ]
    package.targets.removeAll { others.contains($0.name) }
    package.products.removeAll { others.contains($0.name) }
}
