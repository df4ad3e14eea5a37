import Foundation
import PoptrainJSON
import Testing

@Suite struct ScheduleTests {
  private static let trainer = """
    import random
    import poptrain

    for interval in poptrain.intervals():
        [interval[name] for name in interval.hyperparameters]
        (interval.save_to / "x").write_text("x")
        for step in interval.steps: pass
        interval.report(value=random.Random(interval.seed).random() / 3)
    """

  /// Reads both formats with Python, and compares them value by value.
  private static let comparison = """
    import csv, json

    with open("schedule.json") as file:
        exported = json.load(file)
    with open("schedule.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows and list(rows[0])[:4] == ["start", "stop", "member", "score"]
    for stretch, row in zip(exported["schedule"], rows, strict=True):
        for name, value in stretch.pop("hyperparameters").items():
            stretch["hyperparameters." + name if name == "score" else name] = value
        assert list(stretch) == list(row), row
        for name, value in stretch.items():
            written = row[name]
            if isinstance(value, bool):
                assert written == str(value).lower(), row
            elif value is None:
                assert written == "", row
            else:
                assert type(value)(written) == value, row
    print(len(rows))
    """

  @Test func `CSV and JSON say the same, bit by bit`() async throws {
    let folder = try Example.folder(
      Example.experiment(
        steps: 80,
        more: """
            text: {choice: ["a, b", 'say "x"', "two\\nlines"], explore: {resample: {probability: 1.0}}}
            kind: {choice: [x, true, 1], explore: {resample: {probability: 1.0}}}
            score: {uniform: [-1e-7, 1e17]}
          exploit: {truncation: {quantile_fraction: 0.5}}
          durability: process
          """
      ).replacing("mode: max", with: "mode: min"), trainer: Self.trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    var most = 0
    for member in 0..<6 {
      let done = try await Program.runShell(
        """
        set -e
        poptrain schedule runs/climb --member \(member) --format json > schedule.json
        poptrain schedule runs/climb --member \(member) --format csv > schedule.csv
        python3 -c '\(Self.comparison.replacing("'", with: "'\\''"))'
        """, in: folder)
      #expect(done.status == 0, "\(done.errors)")
      most = max(most, done.lines.first.flatMap { Int($0) } ?? 0)
    }
    #expect(most > 2)
  }

  @Test func `A schedule says of which run it is, and what its scores are`() async throws {
    let experiment = Example.experiment().replacing("mode: max", with: "mode: min")
    let folder = try Example.folder(experiment, trainer: Self.trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let schedule = try json(await Program.run("schedule", "runs/climb", "--format", "json", in: folder))
    #expect(try json(await Program.run("schedule", "runs/climb", "--json", in: folder)) == schedule)
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(schedule["checkpoint"] == best["checkpoint"] && schedule["steps"] == best["age"])
    #expect(schedule["schedule"]?.array?.last?["score"] == best["score"])
    #expect(schedule["name"]?.text == "climb" && schedule["metric"]?.text == "value" && schedule["mode"]?.text == "min")
    #expect(schedule["total_steps"]?.integer == 40)

    #expect(try await Program.run("run", "experiment.yaml", "--run", "again", in: folder).status == 0)
    let again = try json(await Program.run("schedule", "again", "--json", in: folder))
    #expect(again["schedule"] == schedule["schedule"] && again["run_id"]?.text != schedule["run_id"]?.text)

    let table = try await Program.run("schedule", "runs/climb", "--format", "table", in: folder)
    #expect(try await Program.run("schedule", "runs/climb", in: folder).output == table.output)
    #expect(table.lines.first?.hasPrefix("from") == true)
    #expect(try await Program.run("schedule", "runs/climb", "--format", "xml", in: folder).status == 64)
  }
}
