import Foundation
import PoptrainJSON
import Testing

/// What a run leaves open, unburied or on the disk while it goes on, as its own trainers see it.
@Suite struct LeakTests {
  private static let intervals = Program.isSlow ? 1000 : 60

  /// The metrics that the trainers logged of the engine, interval by interval, in order.
  private func counts(_ name: String, in folder: Folder) async throws -> [Double] {
    try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
      .compactMap { $0["metrics"]?[name]?.double }
  }

  private func expectFlat(_ counts: [Double], of intervals: Int = 2 * intervals) throws {
    #expect(counts.count >= intervals)
    let half = counts.count / 2
    let (before, after) = (try #require(counts[..<half].max()), try #require(counts[half...].max()))
    // Two workers, each between a process that ends and one that starts.
    #expect(after <= before + 8, "\(before), then \(after)")
  }

  private func train(
    _ trainer: String, named name: String, population: Int = 2, intervals: Int = intervals, _ lines: String
  ) async throws -> Folder {
    let steps = 10 * intervals
    let experiment = Example.experiment(population: population, steps: steps, workers: 2, order: "asynchronous")
      .replacingOccurrences(of: "  command: [python3, train.py]", with: trainer)
    let folder = try Example.folder(experiment)
    try folder.write(lines, to: name)
    let result = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return folder
  }

  @Test func `A process per interval leaves no descriptor, no zombie and no checkpoint behind`() async throws {
    let folder = try await train(
      "  command: [python3, -S, train.py]\n  intervals_per_process: 1", named: "train.py",
      """
      import os, poptrain
      for interval in poptrain.intervals():
          engine = os.getppid()
          zombies = 0
          for process in filter(str.isdigit, os.listdir("/proc")):
              try:
                  state = open(f"/proc/{process}/stat").read().rpartition(")")[2].split()
              except OSError:
                  continue
              zombies += state[0] == "Z" and int(state[1]) == engine
          (interval.save_to / "x").write_text("x")
          for step in interval.steps: pass
          interval.report(value=interval["rate"], descriptors=len(os.listdir(f"/proc/{engine}/fd")), zombies=zombies,
              checkpoints=len(os.listdir(interval.save_to.parent.parent)) - 1)
      """)
    try expectFlat(try await counts("descriptors", in: folder))
    try expectFlat(try await counts("zombies", in: folder))
    // Two members, the best, and for each worker what it has published, and what is about to be removed.
    #expect(try #require(try await counts("checkpoints", in: folder).max()) <= 2 + 1 + 2 * 2)
  }

  @Test func `Commands leave no descriptor behind`() async throws {
    let folder = try await train(
      "  command: [sh, train.sh, \"{save}\", \"{rate}\"]", named: "train.sh",
      """
      echo x > "$1/x"
      set -- "$2" /proc/$PPID/fd/*
      echo "value=$1"
      echo "descriptors=$#"
      """)
    try expectFlat(try await counts("descriptors", in: folder))
  }

  @Test func `20,000 intervals of two sessions leave no descriptor behind`() async throws {
    let folder = try await train(
      "  command: [python3, -S, train.py]", named: "train.py", population: 8, intervals: 2500,
      """
      import os, poptrain
      for interval in poptrain.intervals():
          (interval.save_to / "x").write_text("x")
          for step in interval.steps: pass
          interval.report(value=interval["rate"], descriptors=len(os.listdir(f"/proc/{os.getppid()}/fd")))
      """)
    try expectFlat(try await counts("descriptors", in: folder), of: 20_000)
  }
}
