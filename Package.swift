// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, lowest first. Each knows only rooms above it in this file;
// docs/architecture.md says what belongs in which. A test reads this manifest to keep it so.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "poptrain",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "poptrain", targets: ["poptrain"]),
    .library(name: "PopulationBasedTraining", targets: ["PopulationBasedTraining"]),
    .library(name: "InProcess", targets: ["InProcess", "PopulationBasedTraining"]),
    .library(name: "Simulation", targets: ["Simulation", "PopulationBasedTraining"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
    .package(url: "https://github.com/apple/swift-system", .upToNextMinor(from: "1.8.1")),
    .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
    .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
    .package(url: "https://github.com/swiftlang/swift-subprocess", .upToNextMinor(from: "1.0.2")),
  ],
  targets: [
    room("PopulationBasedTraining"),
    room("JSON", ["PopulationBasedTraining"]),
    room("ExperimentFile", ["PopulationBasedTraining", yams]),

    .target(name: "CPoptrain"),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    room("Store", ["PopulationBasedTraining", "JSON", grdb]),
    room("Checkpoints", ["PopulationBasedTraining", "JSON", "CPoptrain", "CXXHash"]),
    room("Trainers", ["PopulationBasedTraining", "JSON", "CPoptrain", subprocess, systemPackage]),
    room("Worker", ["PopulationBasedTraining", "Store", "Checkpoints", "Trainers"]),
    room(
      "Engine",
      ["PopulationBasedTraining", "JSON", "ExperimentFile", "Store", "Checkpoints", "Trainers", "Worker", "CPoptrain"]),
    room(
      "InProcess",
      ["PopulationBasedTraining", "ExperimentFile", "Store", "Checkpoints", "Trainers", "Worker", "Engine"]),
    room("Simulation", ["PopulationBasedTraining", "Store", "Checkpoints", "Trainers", "Worker", "InProcess"]),
    .executableTarget(
      name: "poptrain",
      dependencies: [
        "PopulationBasedTraining", "JSON", "ExperimentFile", "Store", "Checkpoints", "Trainers", "Worker", "Engine",
        "CPoptrain",
        argumentParser,
        unixSignals,
      ],
      swiftSettings: settings),

    room(
      "Fuzzing",
      ["PopulationBasedTraining", "JSON", "ExperimentFile", "Store", "Checkpoints", "Trainers", "Engine"]),

    .executableTarget(name: "simulate", dependencies: ["Simulation"], swiftSettings: settings),

    tests("PopulationBasedTraining", ["PopulationBasedTraining"]),
    tests("JSON", ["JSON", "PopulationBasedTraining"]),
    tests("ExperimentFile", ["ExperimentFile", "PopulationBasedTraining"]),
    tests("Store", ["Store", "PopulationBasedTraining", grdb]),
    tests("Checkpoints", ["Checkpoints", "PopulationBasedTraining"]),
    tests("Trainers", ["Trainers", "JSON", "PopulationBasedTraining"]),
    tests("Worker", ["Worker", "Store", "Checkpoints", "Trainers", "PopulationBasedTraining"]),
    tests(
      "Engine", ["Engine", "ExperimentFile", "Store", "Checkpoints", "Trainers", "Worker", "PopulationBasedTraining"]),
    tests("InProcess", ["InProcess", "Engine", "ExperimentFile", "Store", "Trainers", "PopulationBasedTraining"]),
    tests(
      "Simulation",
      ["Simulation", "InProcess", "Store", "Checkpoints", "Trainers", "Worker", "PopulationBasedTraining"]),
    tests("Fuzzing", ["Fuzzing", "PopulationBasedTraining"]),
    tests("CommandLine", ["poptrain", "Engine", "Store", "JSON", "PopulationBasedTraining", grdb]),
  ]
)

// libFuzzer brings the `main` of this one, so it can be built with that alone: `make fuzz`.
if Context.environment["POPTRAIN_FUZZ"] != nil {
  package.targets.append(.executableTarget(name: "fuzz", dependencies: ["Fuzzing"], swiftSettings: settings))
}
