import Foundation
import PoptrainJSON
import Testing

/// What happens to hyperparameters on their way through files, texts, processes and copies.
@Suite struct ValuesTests {
  /// The rows of a finished run by member and number of the interval.
  private func rows(in folder: Folder) async throws -> [[Int]: JSON] {
    try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.reduce(into: [:]) {
      rows, line in
      let row = try JSON.parse(line)
      rows[[row["member"]?.integer ?? -1, row["number"]?.integer ?? -1]] = row
    }
  }

  private func experiment(_ hyperparameters: String, command: String = "[python3, train.py]", more: String = "")
    -> String
  {
    Example.experiment(more: "durability: process\n\(more)")
      .replacing("[python3, train.py]", with: command)
      .replacing("  rate: {log_uniform: [1e-4, 0.9]}", with: hyperparameters)
  }

  @Test func `A copy has its donor's weights and its donor's values changed, and keeps what is its own`() async throws {
    let folder = try Example.folder(
      experiment(
        """
          rate: {log_uniform: [1e-9, 1e9]}
          depth: {integer: [1, 9], structural: true}
          shard: {per_member: [a, b, c, d, e, f]}
          width: 64
        """, more: "explore: {perturb: {resample_probability: 0}}"),
      // The weights are the members that trained them, one after the other.
      trainer: """
        import json, poptrain
        for interval in poptrain.intervals():
            trail = json.loads((interval.checkpoint / "trail").read_text()) if interval.checkpoint else []
            (interval.save_to / "trail").write_text(json.dumps(trail + [interval.member]))
            for step in interval.steps: pass
            rate, shard, width, depth = (interval[name] for name in ("rate", "shard", "width", "depth"))
            interval.report(value=rate, trained_by=trail[-1] if trail else -1, shard="abcdef".index(shard), width=width)
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let rows = try await rows(in: folder)
    var copies = 0
    for (key, row) in rows {
      let (member, number) = (key[0], key[1])
      #expect(row["metrics"]?["shard"]?.double == Double(member))
      #expect(row["metrics"]?["width"]?.double == 64)
      guard let next = rows[[member, number + 1]] else { continue }
      if let donor = row["donor"]?.integer, let donated = rows[[donor, number]] {
        copies += 1
        #expect(next["start_checkpoint"] == donated["end_checkpoint"])
        #expect(next["metrics"]?["trained_by"]?.double == Double(donor))
        let (given, copied) = (next["hyperparameters"], donated["hyperparameters"])
        #expect(given?["depth"] == copied?["depth"])
        let factor = (given?["rate"]?.double ?? 0) / (copied?["rate"]?.double ?? 1)
        #expect([0.8, 1.25].contains { abs($0 - factor) < 1e-9 })
      } else {
        #expect(row["decision"]?.text == "stay")
        #expect(next["start_checkpoint"] == row["end_checkpoint"])
        #expect(next["hyperparameters"] == row["hyperparameters"])
      }
    }
    #expect(copies == 3)
  }

  @Test func `A whole number at the end of its range comes back from text as a whole number`() async throws {
    let folder = try Example.folder(
      experiment("  n: {integer: [1, 3], initial: 3}", command: "[sh, train.sh, \"{save}\", \"{n}\", \"{member}\"]"))
    try folder.write(
      """
      echo "$2" >> seen
      echo "$2" > "$1/n"
      echo "value=$2.$3"
      """, to: "train.sh")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let seen = Set(try folder.read("seen").split(separator: "\n"))
    #expect(seen.contains("3") && seen.count > 1 && seen.isSubset(of: ["1", "2", "3"]))
    let rows = try await rows(in: folder)
    #expect(rows.count == 24 && rows.values.allSatisfy { $0["outcome"]?.text == "completed" })
    let values = Set(rows.values.map { $0["hyperparameters"]?["n"] })
    #expect(values.isSubset(of: [.integer(1), .integer(2), .integer(3)]))
  }

  @Test func `Real numbers that are written as 0 and 1 stay real after the engine was killed, and can move`()
    async throws
  {
    let folder = try Example.folder(
      experiment("  low: {uniform: [0, 1], initial: 0}\n  high: {uniform: [0, 1], initial: 1}"),
      // A trainer in a language with one kind of number says 1 where it was given 1.0.
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            low, high = interval["low"], interval["high"]
            if type(low) is not float or type(high) is not float:
                interval.invalid("no real numbers")
                continue
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.applied(low=int(low) if low in (0, 1) else low, high=int(high) if high in (0, 1) else high)
            interval.report(value=interval.member)
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 2"))
    _ = running.end(by: SIGKILL)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let rows = try await rows(in: folder)
    #expect(rows.count == 24)
    for name in ["low", "high"] {
      let values = rows.values.compactMap { $0["hyperparameters"]?[name] }
      #expect(values.allSatisfy { if case .number = $0 { true } else { false } })
      #expect(Set(values).count > 1, "\(name) does not move: \(values)")
    }
  }
}
