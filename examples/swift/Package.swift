// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "noisy-bowl",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "poptrain", path: "../..")],
  targets: [
    .executableTarget(name: "NoisyBowl", dependencies: [.product(name: "Poptrain", package: "poptrain")])
  ]
)
