// swift-tools-version: 6.2
import PackageDescription

// The modules, lowest first. Each depends only on modules above it in this file; `ManifestTests` reads this file and
// enforces that. docs/architecture.md says what belongs in which.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "poptrain",
  products: [
    .executable(name: "poptrain", targets: ["PoptrainCommand"]),
    .library(name: "PopulationBasedTraining", targets: ["PopulationBasedTraining"]),
    .library(name: "Poptrain", targets: ["Poptrain", "PopulationBasedTraining"]),
    .library(name: "PoptrainSimulation", targets: ["PoptrainSimulation", "PopulationBasedTraining"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
    .package(url: "https://github.com/apple/swift-http-types", .upToNextMinor(from: "1.8.0")),
    .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
    .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
    .package(url: "https://github.com/apple/swift-nio-ssl", .upToNextMinor(from: "2.37.6")),
    .package(url: "https://github.com/apple/swift-system", .upToNextMinor(from: "1.8.1")),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/hummingbird-project/hummingbird", .upToNextMinor(from: "2.28.1")),
    .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
    .package(url: "https://github.com/swift-server/async-http-client", .upToNextMinor(from: "1.37.0")),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
    .package(url: "https://github.com/swiftlang/swift-subprocess", .upToNextMinor(from: "1.0.2")),
  ],
  targets: [
    module("PopulationBasedTraining"),
    module("PoptrainJSON", ["PopulationBasedTraining"]),
    .target(name: "CPoptrain"),
    .systemLibrary(name: "CPoptrainXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    module("PoptrainText", ["PopulationBasedTraining", "CPoptrain"]),
    module("PoptrainExperimentFile", ["PopulationBasedTraining", "PoptrainText", yams]),
    module("PoptrainStore", ["PopulationBasedTraining"]),
    module("PoptrainSQLite", ["PopulationBasedTraining", "PoptrainJSON", "PoptrainStore", grdb, grdbSQLite]),
    module("PoptrainNetwork", [nioCore, nioPosix]),
    module("PoptrainS3", ["PoptrainNetwork", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioPosix]),
    module("PoptrainPostgres", ["PoptrainNetwork", crypto, nioCore, nioPosix, nioSSL]),
    module(
      "PoptrainSharedLog",
      ["PopulationBasedTraining", "PoptrainStore", "PoptrainSQLite", "PoptrainS3", "PoptrainPostgres"]),
    module(
      "PoptrainCheckpoints",
      ["PopulationBasedTraining", "PoptrainJSON", "PoptrainS3", "CPoptrain", "CPoptrainXXHash"]),
    module(
      "PoptrainTrainers",
      ["PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "CPoptrain", subprocess, systemPackage]),
    module("PoptrainWorker", ["PopulationBasedTraining", "PoptrainStore", "PoptrainCheckpoints", "PoptrainTrainers"]),
    module(
      "PoptrainRuns",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore",
        "PoptrainSQLite", "PoptrainS3", "PoptrainPostgres", "PoptrainSharedLog",
        "PoptrainCheckpoints", "CPoptrain",
      ]),
    module("PoptrainPages"),
    module(
      "PoptrainFindings",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainRuns",
        "PoptrainPages",
      ]),
    module(
      "PoptrainFigures",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainExperimentFile", "PoptrainText", "PoptrainStore",
        "PoptrainRuns", "PoptrainPages", "PoptrainFindings",
      ]),
    // The dashboard's page, in the program itself: C can embed a file in a moment, Swift takes minutes.
    .target(name: "CPoptrainPage", exclude: ["Page"]),
    module(
      "PoptrainDashboard",
      [
        "PoptrainFindings",
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore",
        "PoptrainRuns", "CPoptrain", "CPoptrainPage", httpTypes, hummingbird, hummingbirdCore, logging, nioCore,
      ]),
    module(
      "PoptrainEngine",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore",
        "PoptrainS3", "PoptrainCheckpoints", "PoptrainTrainers", "PoptrainWorker", "PoptrainRuns", "CPoptrain",
      ]),
    module(
      "PoptrainChecking",
      [
        "PopulationBasedTraining", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore", "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainRuns", "PoptrainEngine",
      ]),
    module(
      "PoptrainComparing",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore",
        "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainRuns", "PoptrainPages", "PoptrainEngine", "PoptrainChecking",
      ]),
    module(
      "Poptrain",
      [
        "PopulationBasedTraining", "PoptrainExperimentFile", "PoptrainStore", "PoptrainCheckpoints", "PoptrainTrainers",
        "PoptrainWorker", "PoptrainRuns", "PoptrainEngine",
      ]),
    module(
      "PoptrainSimulation",
      [
        "PopulationBasedTraining", "PoptrainStore", "PoptrainSQLite", "PoptrainSharedLog", "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainWorker", "Poptrain",
      ]),
    module(
      "PoptrainStoreTesting",
      ["PopulationBasedTraining", "PoptrainStore", "PoptrainS3", "PoptrainPostgres", "PoptrainSharedLog"]),
    .executableTarget(
      name: "PoptrainCommand",
      dependencies: [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainExperimentFile", "PoptrainStore",
        "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainWorker", "PoptrainRuns", "PoptrainEngine", "PoptrainChecking",
        "PoptrainComparing", "PoptrainPages", "PoptrainFindings", "PoptrainFigures", "PoptrainDashboard", "CPoptrain",
        argumentParser,
        unixSignals,
      ],
      exclude: ["Templates/ruff.toml"],
      // In the program itself, so that it stays a single file.
      resources: [.embedInCode("Templates")],
      swiftSettings: settings),

    module(
      "PoptrainFuzzing",
      [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainExperimentFile", "PoptrainStore", "PoptrainS3",
        "PoptrainPostgres", "PoptrainCheckpoints", "PoptrainTrainers", "PoptrainRuns", nioCore,
      ]),

    .executableTarget(name: "simulate", dependencies: ["PoptrainSimulation"], swiftSettings: settings),

    tests("PopulationBasedTraining", ["PopulationBasedTraining", "PoptrainStoreTesting"]),
    tests("JSON", ["PoptrainJSON", "PoptrainStoreTesting", "PopulationBasedTraining"]),
    tests("ExperimentFile", ["PoptrainExperimentFile", "PoptrainStoreTesting", "PopulationBasedTraining"]),
    tests("S3", ["PoptrainS3", "PoptrainStoreTesting", nioHTTP1]),
    tests("Postgres", ["PoptrainPostgres", "PoptrainStoreTesting"]),
    tests(
      "Store",
      [
        "PoptrainStore", "PoptrainStoreTesting", "PoptrainSQLite", "PoptrainS3", "PoptrainPostgres",
        "PoptrainSharedLog", "PopulationBasedTraining", grdb,
      ]),
    tests("Checkpoints", ["PoptrainCheckpoints", "PoptrainS3", "PoptrainStoreTesting", "PopulationBasedTraining"]),
    tests("Trainers", ["PoptrainTrainers", "PoptrainJSON", "PoptrainText", "PopulationBasedTraining"]),
    tests(
      "Worker",
      [
        "PoptrainWorker", "PoptrainStore", "PoptrainStoreTesting", "PoptrainCheckpoints", "PoptrainTrainers",
        "PopulationBasedTraining",
      ]),
    tests(
      "Engine",
      [
        "PoptrainEngine", "PoptrainRuns", "PoptrainText", "PoptrainChecking", "PoptrainComparing", "PoptrainPages",
        "PoptrainExperimentFile", "PoptrainStore", "PoptrainStoreTesting", "PoptrainSQLite", "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainWorker", "PopulationBasedTraining",
      ]),
    tests(
      "InProcess",
      [
        "Poptrain", "PoptrainEngine", "PoptrainRuns", "PoptrainExperimentFile", "PoptrainStore", "PoptrainStoreTesting",
        "PoptrainTrainers", "PopulationBasedTraining",
      ]),
    tests(
      "Simulation",
      [
        "PoptrainSimulation", "Poptrain", "PoptrainStore", "PoptrainSharedLog", "PoptrainCheckpoints",
        "PoptrainTrainers", "PoptrainWorker", "PopulationBasedTraining",
      ]),
    tests(
      "Findings",
      ["PoptrainFindings", "PoptrainRuns", "PoptrainSimulation", "Poptrain", "PoptrainJSON", "PopulationBasedTraining"]),
    tests(
      "Figures",
      [
        "PoptrainFigures", "PoptrainPages", "PoptrainRuns", "PoptrainJSON", "PoptrainExperimentFile",
        "PopulationBasedTraining",
      ]),
    tests(
      "Dashboard",
      [
        "PoptrainDashboard", "Poptrain", "PoptrainRuns", "PoptrainExperimentFile", "PoptrainStore", "PoptrainJSON",
        "PopulationBasedTraining",
      ]),
    tests("Fuzzing", ["PoptrainFuzzing", "PopulationBasedTraining"]),
    tests(
      "CommandLine",
      [
        "PoptrainCommand", "PoptrainStoreTesting", "PoptrainRuns", "PoptrainFindings", "PoptrainChecking",
        "PoptrainComparing", "PoptrainFigures",
        "PoptrainText", "PoptrainEngine",
        "PoptrainStore", "PoptrainSQLite", "PoptrainS3", "PoptrainJSON", "PopulationBasedTraining", grdb,
      ]),
  ]
)

// libFuzzer brings the `main` of this one, so it can be built with that alone: `make fuzz`.
if Context.environment["POPTRAIN_FUZZ"] != nil {
  package.targets.append(.executableTarget(name: "fuzz", dependencies: ["PoptrainFuzzing"], swiftSettings: settings))
}
