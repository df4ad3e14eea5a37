import Foundation
import PoptrainJSON
import Testing

/// A seed of the command line is remembered by what was begun with it.
@Suite struct SeedTests {
  private let kept = "seed: 7, as an earlier command line said; the file says 5"

  /// A folder with a run that was begun with `--seed 7`, though the file says 5.
  private func begun() async throws -> Folder {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    let run = try await Program.run("run", "experiment.yaml", "--seed", "7", in: folder)
    #expect(run.status == 0 && !run.output.contains("as an earlier"), "\(run.errors)")
    return folder
  }

  private func seeds(of run: String, in folder: Folder) async throws -> [Int] {
    try await history(of: run, in: folder).compactMap { $0["seed"]?.integer }
  }

  @Test func `A run goes on with its seed, by the file and by the folder`() async throws {
    let reference = try Example.folder(
      Example.experiment(population: 3, steps: 40).replacing("seed: 5", with: "seed: 7"))
    #expect(try await Program.run("run", "experiment.yaml", in: reference).status == 0)
    let folder = try await begun()
    for (arguments, says) in [
      (["experiment.yaml", "--steps", "30"], true), (["runs/climb", "--steps", "40"], true),
      (["experiment.yaml", "--seed", "7"], false), (["experiment.yaml"], true),
    ] {
      let run = try await Program.run(arguments: ["run"] + arguments, in: folder)
      #expect(run.status == 0, "\(arguments): \(run.errors)")
      #expect(run.output.contains(kept) == says, "\(arguments): \(run.output)")
      #expect(!run.output.contains("changed since the last start: seed"))
    }
    #expect(try await history(of: "runs/climb", in: folder) == history(of: "runs/climb", in: reference))
    #expect(try folder.read("runs/climb/experiment.yaml").contains("\nseed: 7\n"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Another seed is refused, whether the command line or the file says it`() async throws {
    let folder = try await begun()
    let before = try await history(of: "runs/climb", in: folder)
    func isRefused(_ target: String, _ seed: String, flags: String...) async throws {
      let run = try await Program.run(arguments: ["run", target, "--steps", "30"] + flags, in: folder)
      #expect(run.status == 65 && run.errors.contains("  seed: 7 -> \(seed)\n"), "\(run.errors)")
      #expect(run.errors.contains("pass --seed 7") && run.errors.contains("start a new run with --run DIR"))
      #expect(try await history(of: "runs/climb", in: folder) == before)
    }
    try await isRefused("experiment.yaml", "8", flags: "--seed", "8")
    try await isRefused("experiment.yaml", "5", flags: "--seed", "5")
    try await isRefused("runs/climb", "8", flags: "--seed", "8")
    let file = try folder.read("experiment.yaml")
    try folder.write(file.replacing("seed: 5", with: "seed: 9"), to: "experiment.yaml")
    try await isRefused("experiment.yaml", "9")
    for text in [file.replacing("seed: 5", with: "seed: 7"), file] {
      try folder.write(text, to: "experiment.yaml")
      #expect(try await Program.run("run", "experiment.yaml", "--seed", "7", in: folder).status == 0)
    }
  }

  @Test func `An interval is trained again with the seed that it had`() async throws {
    let folder = try await begun()
    #expect(try await Program.run("run", "experiment.yaml", "--steps", "30", in: folder).status == 0)
    let first = try #require(try await history(of: "runs/climb", in: folder).first { $0["number"]?.integer == 1 })
    let rerun = try await Program.run(
      "rerun", "runs/climb", "--member", "\(first["member"]?.integer ?? 0)", "--interval", "1", in: folder)
    #expect(rerun.status == 0 && rerun.output.contains("seed \(first["seed"]?.integer ?? 0)"), "\(rerun.output)")
  }

  @Test func `A replay has a seed that follows from that of the run, and goes on with its own`() async throws {
    let folder = try await begun()
    #expect(try await Program.run("replay", "runs/climb", in: folder).status == 0)
    #expect(try await Program.run("replay", "runs/climb", "--to", "again", in: folder).status == 0)
    let seeds = try ["runs/climb-replay", "again"].map { run in
      try folder.read("\(run)/experiment.yaml").firstMatch(of: /\nseed: (\d+)\n/).map { String($0.1) }
    }
    #expect(seeds[0] != nil && seeds[0] != "7" && seeds[0] == seeds[1])
    #expect(try await Program.run("replay", "runs/climb", "--seed", "9", "--to", "nine", in: folder).status == 0)
    let before = try await self.seeds(of: "nine", in: folder)
    for command in [["replay", "runs/climb", "--to", "nine"], ["run", "nine"]] {
      let again = try await Program.run(arguments: command, in: folder)
      #expect(again.status == 0, "\(command): \(again.errors)")
    }
    #expect(try await self.seeds(of: "nine", in: folder) == before)
    let other = try await Program.run("replay", "runs/climb", "--seed", "7", "--to", "nine", in: folder)
    #expect(other.status == 65 && other.errors.contains("  seed: 9 -> 7\n"), "\(other.errors)")
    let more = try await Program.run("replay", "runs/climb", "--seeds", "2", "--to", "nine", in: folder)
    #expect(more.status == 0, "\(more.errors)")
    #expect(try await self.seeds(of: "nine", in: folder).starts(with: before))
  }

  @Test func `A comparison goes on with its first seed, unless the file says another one`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    func compare(_ arguments: String...) async throws -> (seeds: [Int], errors: String) {
      let result = try await Program.run(
        arguments: ["compare", "experiment.yaml", "--json", "--seeds"] + arguments, in: folder)
      return (try json(result)["seeds"]?.array?.compactMap(\.integer) ?? [], result.errors)
    }
    #expect(try await compare("1", "--seed", "7").seeds == [7])
    let again = try await compare("2")
    #expect(again.seeds == [7, 8] && again.errors.contains(kept), "\(again.errors)")
    #expect(try folder.read("runs/climb-compare/comparison.html").contains("--seed 7"))
    // Each is a run that has its seed, whatever the file says.
    let one = try await Program.run("run", "runs/climb-compare/baseline-seed8", in: folder)
    #expect(one.status == 0, "\(one.errors)")
    #expect(try folder.read("runs/climb-compare/baseline-seed8/experiment.yaml").contains("\nseed: 8\n"))

    let file = try folder.read("experiment.yaml")
    try folder.write(file.replacing("seed: 5", with: "seed: 20"), to: "experiment.yaml")
    #expect(try await compare("1").seeds == [20])
    try folder.write(file, to: "experiment.yaml")
    #expect(try await compare("1", "--seed", "5").seeds == [5])
    #expect(try await compare("1").seeds == [5])
  }
}
