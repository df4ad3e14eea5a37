import Foundation
import PoptrainJSON
import Testing

@Suite struct FirstDrawsTests {
  /// The logarithmic place of each member's first rate in its range, by member.
  private func places(in folder: Folder) async throws -> [Double] {
    let firsts = try await history(of: "runs/climb", in: folder).filter { $0["number"]?.integer == 1 }
    let rates = firsts.sorted { ($0["member"]?.integer ?? 0) < ($1["member"]?.integer ?? 0) }
      .compactMap { $0["hyperparameters"]?["rate"]?.double }
    return rates.map { log($0 / 1e-4) / log(0.9 / 1e-4) }
  }

  @Test func `Members begin in a part of the range each, also where others join before anything was trained`()
    async throws
  {
    let folder = try Example.folder(
      Example.experiment(population: 6, steps: 20, more: "exploit: none"),
      trainer: "raise SystemExit('not yet')")
    // Nothing is trained, but members have joined.
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 69)
    try folder.write(Example.trainer, to: "train.py")
    let run = try await Program.run("run", "experiment.yaml", "--population-size", "9", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let drawn = try await places(in: folder)
    #expect(drawn.count == 9)
    #expect(drawn.prefix(6).map { Int($0 * 6) }.sorted() == Array(0..<6), "\(drawn)")
    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == 0 && audit.output.contains("all match"), "\(audit.errors)")

    // Who joins later draws alone, as in a run in which all do.
    let alone = try Example.folder(
      Example.experiment(population: 9, steps: 20, more: "exploit: none\nfirst_draws: independent"))
    // An override is no reason to draw otherwise.
    #expect(try await Program.run("run", "experiment.yaml", "--steps", "10", in: alone).status == 0)
    #expect(try alone.read("runs/climb/experiment.yaml").contains("first_draws: independent"))
    let independent = try await places(in: alone)
    #expect(independent.suffix(3) == drawn.suffix(3))
    #expect(independent.prefix(6) != drawn.prefix(6))
    #expect(try await Program.run("audit", "runs/climb", in: alone).status == 0)

    // The draws of a run are made when it begins, whatever the file says later.
    try alone.write(Example.experiment(population: 9, steps: 20, more: "exploit: none"), to: "experiment.yaml")
    let resumed = try await Program.run("run", "experiment.yaml", in: alone)
    #expect(resumed.status == 0 && !resumed.output.contains("first_draws"), "\(resumed.errors)")
    #expect(try await Program.run("audit", "runs/climb", in: alone).status == 0)
  }
}
