import PoptrainJSON
import Testing

@Suite struct DrawTests {
  /// The drawn intervals of an experiment.
  private func drawn(_ folder: Folder, _ arguments: String...) async throws -> [JSON] {
    let result = try await Program.run(arguments: ["draw", "experiment.yaml", "--json"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(json(result)["intervals"]?.array)
  }

  @Test func `Values are drawn in their ranges, explored before each further interval, and the same for a seed`()
    async throws
  {
    let folder = try Folder()  // without the trainer, which is not started
    try folder.write(
      Example.experiment(
        more: """
            batch: {integer: [1, 8]}
            depth: {choice: [2, 4, 8], structural: true}
            decay: {schedule: {0: 0.5, 15: 0.25}}
            constant: 1.0
          """), to: "experiment.yaml")
    let intervals = try await drawn(folder)
    // An interval ends where a scheduled value changes.
    #expect(intervals.map { $0["start"]?.integer } == [0, 10, 15])
    #expect(intervals.map { $0["stop"]?.integer } == [10, 15, 20])
    #expect(intervals.map { $0["hyperparameters"]?["decay"]?.double } == [0.5, 0.5, 0.25])
    let rates = intervals.compactMap { $0["hyperparameters"]?["rate"]?.double }
    #expect(rates.allSatisfy { (1e-4...0.9).contains($0) } && Set(rates).count == 3, "\(rates)")
    #expect(Set(intervals.map { $0["hyperparameters"]?["depth"]?.integer }).count == 1)
    #expect(intervals.allSatisfy { $0["hyperparameters"]?["constant"] == .number(1) })

    #expect(try await drawn(folder) == intervals)
    #expect(try await drawn(folder, "--seed", "5") == intervals)  // the file's
    #expect(try await drawn(folder, "--seed", "6") != intervals)

    let table = try await Program.run("draw", "experiment.yaml", in: folder)
    #expect(table.lines.count == 4)
    #expect(folder.names == ["experiment.yaml"])
  }

  @Test func `There are no intervals after the budget`() async throws {
    let intervals = try await drawn(Example.folder(Example.experiment(steps: 15)))
    #expect(intervals.map { $0["stop"]?.integer } == [10, 15])
  }

  @Test func `A file that is wrong is told as by run`() async throws {
    let folder = try Example.folder("name: climb\nsteps: many")
    let drawing = try await Program.run("draw", "experiment.yaml", in: folder)
    #expect(drawing.status == 65)
    #expect(drawing.errors.contains("experiment.yaml:2:8: `steps` must be an integer"))
    #expect(try await Program.run("draw", "experiment.yaml", "--seed", "9007199254740993", in: folder).status == 64)
  }
}
