// swift-tools-version: 6.2
import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// With AVX2, a register holds eight numbers, which halves the time of matrix products. Nothing is fused or reordered,
// so results are the same to the bit.
let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
let vectors: [SwiftSetting] = processor.contains(" avx2 ") ? [.unsafeFlags(["-Xcc", "-mavx2"])] : []

// `Neighbours` has no dependencies, so its tests build in seconds. Only the program that trains populations needs
// Poptrain.
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
