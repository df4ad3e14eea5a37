import Foundation
import Poptrain
import PopulationBasedTraining
import Testing

/// The package in `examples/swift`. Its model is compiled here too, so that a fast test finds what breaks it.
@Suite struct ExampleTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let isSlow = ProcessInfo.processInfo.environment["POPTRAIN_SLOW_TESTS"] != nil

  private func source(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  @Test func `The model compiled here is the example's`() throws {
    #expect(
      try source("Tests/InProcessTests/NoisyBowl.swift") == source("examples/swift/Sources/NoisyBowl/NoisyBowl.swift"))
  }

  @Test func `The page of the library shows the example`() throws {
    let page = try source("Sources/Poptrain/Documentation.docc/Poptrain.md")
    for file in ["NoisyBowl", "main"] {
      let code = try source("examples/swift/Sources/NoisyBowl/\(file).swift")
        .replacing("import Poptrain\nimport PopulationBasedTraining\n\n", with: "")
      #expect(page.contains("```swift\n\(code)```\n"), "\(file).swift")
    }
  }

  @Test func `It trains, and lowers its learning rate`() async throws {
    let space = Space([Hyperparameter("learning_rate", .logUniform(1e-4, 1))])
    let rules = Rules(populationSize: 8, steps: 400, interval: 20, metric: "loss", mode: .min, space: space)
    let trained = try await trainPopulation(rules: rules) { _ in NoisyBowl() }
    #expect(trained.best.metric < 0.1)
    let rates = trained.best.lineage.schedule.compactMap { $0.hyperparameters["learning_rate"]?.asNumber }
    #expect(try #require(rates.first) > #require(rates.last))
  }

  @Test(.enabled(if: isSlow), .timeLimit(.minutes(20)))
  func `The package builds and runs`() async throws {
    let swift = Process()
    swift.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    swift.arguments = [
      "swift", "run", "--package-path", "examples/swift", "--scratch-path", ".build/example-swift", "NoisyBowl",
    ]
    swift.currentDirectoryURL = Self.root
    let output = Pipe()
    swift.standardOutput = output
    try swift.run()
    let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    swift.waitUntilExit()
    #expect(swift.terminationStatus == 0)
    #expect(lines.contains(/loss 0\.\d+ by this schedule:\n0\.\.<\d+: 0\.\d+\n/))
  }
}
