// swift-tools-version: 6.2
import PackageDescription

/// One list for every target, so that no target can drift from the rules of the house.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The targets that handle foreign bytes or raw memory also mark every unsafe expression.
let memorySafe = strict + [.strictMemorySafety()]

/// The commit and its date, named by packaging/build.
let build = Context.environment["MODELUX_BUILD"].flatMap { $0.isEmpty ? nil : $0 }

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "modelux",
    products: [
        .executable(name: "modelux", targets: ["modelux"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .target(name: "ModeluxCore", dependencies: [collections], swiftSettings: memorySafe),
        .target(name: "ModeluxWire", dependencies: ["ModeluxCore", nioCore, crypto], swiftSettings: memorySafe),
        .target(
            name: "ModeluxHTTP",
            dependencies: [nioCore, nioPosix, nioTLS, nioSSL, logging],
            swiftSettings: strict
        ),
        .target(
            name: "ModeluxGateway",
            dependencies: [
                "ModeluxCore", "ModeluxWire", "ModeluxHTTP", nioCore, crypto, lifecycle, logging, metrics,
            ],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "ModeluxStore",
            dependencies: ["ModeluxCore", "CZstd", grdb, grdbSQLite, crypto, cryptoExtras, lifecycle, logging],
            swiftSettings: memorySafe
        ),
        .target(name: "CResources", cSettings: build.map { [.define("MODELUX_BUILD", to: "\"\($0)\"")] } ?? []),
        .target(name: "CLinux"),
        .target(
            name: "ModeluxAdmin",
            dependencies: [
                "ModeluxCore", "ModeluxStore", "ModeluxGateway", "CResources", hummingbird, hummingbirdCore,
                hummingbirdTLS,
                asyncHTTPClient, crypto, httpTypes, nioCore, nioPosix, nioSSL,
                .product(name: "NIOHTTP1", package: "swift-nio"), lifecycle, logging,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "modelux",
            dependencies: [
                "ModeluxCore", "ModeluxWire", "ModeluxHTTP", "ModeluxGateway", "ModeluxStore", "ModeluxAdmin",
                "CResources",
                "CLinux", argumentParser, yams, asyncHTTPClient, nioCore, nioPosix,
                .product(name: "NIOHTTP1", package: "swift-nio"), lifecycle, logging, metrics,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),

        // Not part of the product: what translation costs, for packaging/bench.
        .executableTarget(
            name: "TranslationBenchmark", dependencies: ["ModeluxCore", "ModeluxWire", nioCore],
            path: "Tests/Benchmarks/Translation", swiftSettings: strict),

        .target(
            name: "ModeluxTestSupport",
            dependencies: ["ModeluxCore", "ModeluxHTTP", nioCore, nioPosix, logging],
            path: "Tests/ModeluxTestSupport",
            swiftSettings: strict
        ),
        .testTarget(name: "ModeluxCoreTests", dependencies: ["ModeluxCore"], swiftSettings: strict),
        .testTarget(
            name: "ModeluxWireTests", dependencies: ["ModeluxWire", "ModeluxCore", nioCore], swiftSettings: strict),
        .testTarget(
            name: "ModeluxHTTPTests",
            dependencies: [
                "ModeluxHTTP", nioCore, nioPosix, nioSSL, logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModeluxGatewayTests",
            dependencies: [
                "ModeluxGateway", "ModeluxCore", "ModeluxWire", "ModeluxHTTP", "ModeluxTestSupport", nioCore, nioPosix,
                crypto, logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModeluxStoreTests",
            dependencies: ["ModeluxStore", "ModeluxCore", grdb, crypto, logging],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModeluxTests",
            dependencies: [
                "modelux", "ModeluxCore", "ModeluxStore", "ModeluxAdmin",
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ModeluxAdminTests",
            dependencies: [
                "ModeluxAdmin", "ModeluxStore", "ModeluxGateway", "ModeluxCore", asyncHTTPClient, lifecycle, nioCore,
                nioPosix, httpTypes, logging, yams, .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu2x
)
