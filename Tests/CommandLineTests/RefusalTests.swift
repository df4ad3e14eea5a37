import Foundation
import PoptrainJSON
import Testing

/// Values that the trainer refuses are trained nowhere and counted nowhere.
@Suite struct RefusalTests {
  private func folder(refusing condition: String, more: String = "") throws -> Folder {
    try Example.folder(
      Example.experiment(population: 3, steps: 40, workers: 1, more: "durability: process\n" + more),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            if \(condition):
                interval.invalid("the rate is odd")
                continue
            for step in interval.steps: pass
            (interval.save_to / "x").write_text("x")
            interval.report(value=interval["rate"])
        """)
  }

  @Test func `Draws that are refused are no intervals, and cost nothing`() async throws {
    let folder = try folder(refusing: "interval.member == 1 and interval.number <= 5")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.lines.contains("ended: every member has trained its 40 steps"), "\(run.output)")
    #expect(run.lines.filter { $0.hasSuffix("refused: the rate is odd") }.count == 5)
    #expect(run.lines.filter { $0.contains("the rate is odd") }.count == 5)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["intervals"]?.integer == 12 && status["forfeited_steps"]?.integer == 0)
    #expect(status["trained_steps"]?.integer == 120)
    let findings = try json(await Program.run("findings", "runs/climb", "--json", in: folder))
    #expect(findings["intervals"]?.integer == 12)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Steps of which every draw was refused are not called trained`() async throws {
    let folder = try folder(refusing: "interval.member == 1", more: "exploit: none")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let sentence =
      "every member is done, but some steps were not trained, because every attempt failed or was refused: member 1 trained 0 of 40"
    #expect(run.lines.contains("ended: " + sentence), "\(run.output.suffix(2000))")
    let status = try await Program.run("status", "runs/climb", in: folder)
    #expect(status.lines.contains("ended: " + sentence) && status.lines[0].hasSuffix("(100 %), some of them forfeited"))
    let json = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(json["forfeited_steps"]?.integer == 40)
    #expect(json["members"]?.array?.map { $0["forfeited_steps"]?.integer } == [0, 40, 0])
  }
}
