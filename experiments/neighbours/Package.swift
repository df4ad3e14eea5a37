// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// Eight numbers at a time in one register, which processors have since 2013, halve the time of products of matrices.
// Nothing is fused or reordered, so results are the same to the bit.
#if arch(x86_64)
  let vectors: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-mavx2"])]
#else
  let vectors: [SwiftSetting] = []
#endif

// `Neighbours` has no dependencies, so its tests build in seconds. Only the program that trains populations has Poptrain.
let package = Package(
  name: "neighbours",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "poptrain", path: "../..")],
  targets: [
    .target(name: "Neighbours", swiftSettings: settings + vectors),
    .executableTarget(
      name: "neighbours-study",
      dependencies: ["Neighbours", .product(name: "Poptrain", package: "poptrain")], path: "Sources/Populations",
      swiftSettings: settings),
    .testTarget(name: "NeighboursTests", dependencies: ["Neighbours"], swiftSettings: settings),
  ]
)
