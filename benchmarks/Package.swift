// swift-tools-version: 6.2
import PackageDescription

// Programs that measure, apart from the package so that nobody who uses it has to build them.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "poptrain", path: "..")],
  targets: [
    .executableTarget(
      name: "decisions", dependencies: [.product(name: "PopulationBasedTraining", package: "poptrain")],
      path: "Sources/Decisions", swiftSettings: settings),
    .executableTarget(
      name: "in-process", dependencies: [.product(name: "Poptrain", package: "poptrain")],
      path: "Sources/InProcessOverhead", swiftSettings: settings),
    .executableTarget(
      name: "rules", dependencies: [.product(name: "PoptrainSimulation", package: "poptrain")], path: "Sources/Rules",
      swiftSettings: settings),
    .executableTarget(
      name: "scale", dependencies: [.product(name: "PoptrainSimulation", package: "poptrain")], path: "Sources/Scale",
      swiftSettings: settings),
    .executableTarget(
      name: "shared-scale", dependencies: [.product(name: "PoptrainSimulation", package: "poptrain")],
      path: "Sources/SharedScale", swiftSettings: settings),
    .executableTarget(
      name: "waiting", dependencies: [.product(name: "PoptrainSimulation", package: "poptrain")],
      path: "Sources/Waiting", swiftSettings: settings),
  ]
)
