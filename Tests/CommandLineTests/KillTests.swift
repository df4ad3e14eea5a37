import PoptrainStoreTesting
import Foundation
import PoptrainJSON
import Testing

/// Processes of a run are killed after a change of the disk that a seed has chosen, until the run ends all the same.
///
/// In synchronous order it must end with the very history of a run that was left alone.
@Suite struct KillTests {
  /// How a trainer is driven.
  enum Kind: String, CaseIterable {
    case session, command, batches

    var experiment: String {
      let experiment = Example.experiment(population: 4, steps: 40, more: "durability: durable")
      return switch self {
      case .session, .batches: experiment
      case .command:
        experiment.replacing(
          "[python3, train.py]", with: "[sh, train.py, '{load}', '{save}', '{seed}', '{stop}', '{rate}']")
      }
    }

    var trainer: String {
      switch self {
      case .session: Example.trainer
      case .batches: Example.batchTrainer
      // With a child process for each thing it does.
      case .command:
        """
        set -e
        if [ -n "$1" ]; then cp "$1/x.txt" "$2/x.txt"; fi
        env echo "$3 $4 $5" >> "$2/x.txt"
        echo "value: -0.$(cksum < "$2/x.txt" | cut -d ' ' -f 1)"
        """
      }
    }
  }

  enum Victim: String, CaseIterable {
    case engine, trainer, both
  }

  @Test(arguments: Kind.allCases)
  func `Whoever is killed after whatever change, the run goes on and ends as if nothing had happened`(
    kind: Kind
  ) async throws {
    let reference = try Example.folder(kind.experiment, trainer: kind.trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: reference).status == 0)
    let expected = try await history(of: "runs/climb", in: reference)
    #expect(expected.count == 16)
    let library = try await Recording.library(in: reference)

    var kills: [Victim: Int] = [:]
    for seed in 0..<(Program.isSlow ? 40 : 3) {
      var random = SeededGenerator(seed: UInt64(seed))
      let folder = try Example.folder(kind.experiment, trainer: kind.trainer)
      var isOver = false
      var recorded: Set<Recording.Announced> = []
      while !isOver {
        // A run goes on when its trainer is killed, and then it ends: so that comes last, mostly.
        let victim = [Victim.engine, .both, .engine, .both, .engine, .trainer].randomElement(using: &random) ?? .engine
        let changes = Int.random(in: 1...(victim == .engine ? 150 : kind == .command ? 2 : 15), using: &random)
        let (run, happened) = try await runAndKill(victim, after: changes, with: library, in: folder)
        kills[victim, default: 0] += happened ? 1 : 0
        isOver = run.status == 0
        #expect(isOver || (victim != .trainer && happened), "\(victim) \(changes): \(run.errors)")

        guard FileManager.default.fileExists(atPath: folder.url.path + "/runs/climb/population.sqlite") else {
          continue
        }
        let audit = try await Program.run("audit", "runs/climb", in: folder)
        if audit.errors.contains("is not a run"), recorded.isEmpty { continue }
        #expect(audit.status == 0, "seed \(seed), \(victim) \(changes): \(audit.errors)")
        let now = try await intervals(of: "runs/climb", in: folder)
        let announced = Set(run.lines.compactMap { Recording.Announced(line: $0) })
        #expect(now.isSuperset(of: recorded.union(announced)), "seed \(seed), \(victim) \(changes)")
        recorded = now
      }
      #expect(try await history(of: "runs/climb", in: folder) == expected, "seed \(seed)")
      let audit = try await Program.run("audit", "runs/climb", in: folder)
      #expect(audit.status == 0 && !audit.output.contains("note"), "\(audit.output) \(audit.errors)")
    }
    print("kill -9, \(kind): \(kills.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", "))")
    let total = kills.values.reduce(0, +)
    #expect(total >= (Program.isSlow ? 100 : 4), "only \(kills)")
    #expect(!Program.isSlow || Victim.allCases.allSatisfy { kills[$0, default: 0] >= 10 }, "only \(kills)")
  }

  /// Runs the program, with one kill on the way. False: it did not come to that.
  private func runAndKill(
    _ victim: Victim, after changes: Int, with library: String, in folder: Folder
  ) async throws -> (Result, happened: Bool) {
    let once = folder.url.path + "/once"
    _ = FileManager.default.createFile(atPath: once, contents: nil)
    let runs = folder.url.appendingPathComponent("runs")
    try FileManager.default.createDirectory(at: runs, withIntermediateDirectories: true)
    let process = Program.process(["run", "experiment.yaml", "--json"], in: folder)
    process.environment?["LD_PRELOAD"] = library
    process.environment?["RECORDER_ROOT"] = runs.path
    process.environment?["RECORDER_LOG"] = folder.url.path + "/log"
    process.environment?["RECORDER_KILL"] = "\(victim) \(changes) \(once)"
    let run = try await Program.run(process, in: folder)
    return (run, !FileManager.default.fileExists(atPath: once))
  }

  private func intervals(of run: String, in folder: Folder) async throws -> Set<Recording.Announced> {
    let rows = try await Program.run("export", run, "--format", "jsonl", in: folder).lines.map(JSON.parse)
    return Set(
      rows.map { Recording.Announced(member: $0["member"]?.integer ?? -1, number: $0["number"]?.integer ?? -1) })
  }
}
