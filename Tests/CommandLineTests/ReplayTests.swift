import Foundation
import PoptrainJSON
import Testing

@Suite struct ReplayTests {
  /// Keeps in the checkpoint what the model was trained under, step by step. Without a file `exact` beside it, intervals
  /// are sometimes shorter or longer than they should be.
  private static let recorder = """
    import json, math, os, random
    import poptrain

    for interval in poptrain.intervals():
        seen, seeds = [], []
        if interval.checkpoint:
            seen, seeds = (json.loads((interval.checkpoint / name).read_text()) for name in ("seen", "seeds"))
        assert len(seen) == interval.start
        draw = random.Random(interval.seed)
        steps = interval.stop - interval.start
        if not os.path.exists("exact"):
            steps = max(1, steps + draw.choice([-4, 0, 0, 3]))
        for age in range(interval.start, interval.start + steps):
            seen.append([age, interval.total_steps, {name: interval[name] for name in interval.hyperparameters}])
        seeds.append(interval.seed)
        (interval.save_to / "seen").write_text(json.dumps(seen))
        (interval.save_to / "seeds").write_text(json.dumps(seeds))
        interval.report(value=draw.gauss(-abs(math.log(interval["rate"])), 1), steps=steps)
    """

  private static let hyperparameters = """
      momentum: {uniform: [-0.5, 0.99]}
      depth: {integer: [1, 9]}
      batch: {ordered: [1, 2.5, 16]}
      kind: {choice: ["a, b", "1", 1, true, 'say "x"']}
      layers: {integer: [1, 4], structural: true}
      width: 64
      fold: {per_member: [a, b, c, d, e, f]}
    """

  private func recordedRun(steps: Int = 60, order: String = "asynchronous") async throws -> Folder {
    let folder = try Example.folder(
      Example.experiment(
        steps: steps, order: order,
        more: Self.hyperparameters + "\nexploit: {truncation: {quantile_fraction: 0.4}}\ndurability: process"),
      trainer: Self.recorder)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    try folder.write("", to: "exact")
    return folder
  }

  /// What the model of a schedule was trained under.
  private func seen(
    _ run: String, _ arguments: String..., file: String = "seen", in folder: Folder
  ) async throws -> String {
    let schedule = try json(await Program.run(arguments: ["schedule", run, "--json"] + arguments, in: folder))
    return try String(contentsOfFile: #require(schedule["checkpoint"]?.text) + "/\(file)", encoding: .utf8)
  }

  @Test(arguments: ["asynchronous", "synchronous"])
  func `The trainer sees the same values at the same ages`(order: String) async throws {
    let folder = try await recordedRun(order: order)
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    let replay = try await Program.run("replay", "runs/climb", in: folder)
    #expect(replay.status == 0, "\(replay.errors)")
    #expect(
      try await seen("runs/climb-replay", "--member", "0", in: folder) == seen("runs/climb", in: folder))
    let original = try #require(best["member"]?.integer)
    #expect(replay.lines.suffix(3).first?.hasSuffix("value  age") == true)
    #expect(replay.lines.suffix(2).first?.hasPrefix("original, member \(original)  ") == true)
    #expect(replay.lines.last?.hasPrefix("replay, member 0 ") == true)
    #expect(replay.lines.last?.hasSuffix(" \(best["age"]?.integer ?? 0)") == true)

    for member in ["0", "5"] {
      let replay = try await Program.run("replay", "runs/climb", "--member", member, in: folder)
      #expect(replay.status == 0, "\(replay.errors)")
      let expected = try await seen("runs/climb", "--member", member, in: folder)
      #expect(try await seen("runs/climb-replay-\(member)", "--member", "0", in: folder) == expected)
    }
    let status = try json(await Program.run("status", "runs/climb-replay-5", "--json", in: folder))
    let last = try JSON.parse(await seen("runs/climb", "--member", "5", in: folder)).array?.last?.array?.last
    #expect(status["members"]?.array?.first?["hyperparameters"] == last)
    #expect(try await Program.run("audit", "runs/climb-replay-5", in: folder).status == 0)
  }

  @Test func `No replay repeats what the run has trained, whatever member it is`() async throws {
    let folder = try await recordedRun()
    let replay = try await Program.run("replay", "runs/climb", "--seeds", "6", "--to", "six", in: folder)
    #expect(replay.status == 0, "\(replay.errors)")
    func seeds(_ run: String, _ member: Int) async throws -> Set<Int> {
      let list = try JSON.parse(await seen(run, "--member", "\(member)", file: "seeds", in: folder)).array ?? []
      return Set(list.compactMap(\.integer))
    }
    var trained: Set<Int> = []
    for member in 0..<6 { trained.formUnion(try await seeds("runs/climb", member)) }
    for member in 0..<6 { #expect(try await seeds("six", member).isDisjoint(with: trained)) }
  }

  @Test func `Seeds make several models under the same values`() async throws {
    let folder = try await recordedRun()
    let arguments = ["replay", "runs/climb", "--seeds", "3", "--seed", "8", "--to", "three"]
    let replay = try await Program.run(arguments: arguments, in: folder)
    #expect(replay.status == 0, "\(replay.errors)")
    #expect(replay.lines.last?.hasPrefix("mean of 3 replays ") == true)
    let expected = try await seen("runs/climb", in: folder)
    var seeds: Set<String> = []
    for member in ["0", "1", "2"] {
      #expect(try await seen("three", "--member", member, in: folder) == expected)
      seeds.insert(try await seen("three", "--member", member, file: "seeds", in: folder))
    }
    #expect(seeds.count == 3)
    #expect(try folder.read("three/experiment.yaml").contains("\nseed: 8\n"))

    // Finished, the same command trains nothing and compares again.
    // Without a number, they stay as many as they are.
    let again = try await Program.run("replay", "runs/climb", "--seed", "8", "--to", "three", "--json", in: folder)
    let events = try again.lines.map(JSON.parse)
    #expect(events.map { $0["event"]?.text } == ["started", "ended", "compared"])
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(events[2]["original"]?["score"] == best["score"])
    let status = try json(await Program.run("status", "three", "--json", in: folder))
    #expect(events[2]["replays"]?.array?.map { $0["score"] } == status["members"]?.array?.map { $0["score"] })

    // More join, or some leave, as in any run.
    let four = try await Program.run(arguments: arguments + ["--seeds", "4"], in: folder)
    #expect(four.status == 0, "\(four.errors)")
    #expect(four.lines.last?.hasPrefix("mean of 4 replays ") == true)
    #expect(try await seen("three", "--member", "3", in: folder) == expected)
    let two = try await Program.run(arguments: arguments + ["--seeds", "2"], in: folder)
    #expect(two.lines.count { $0.hasPrefix("replay, member ") } == 2)
  }

  @Test func `Killed or stopped, a replay goes on to the same end`() async throws {
    let folder = try await recordedRun(steps: 400)
    let first = try Program.start("replay", "runs/climb", "--member", "3", in: folder)
    #expect(first.read(until: "interval 3"))
    _ = first.end(by: SIGKILL)
    #expect(first.process.terminationReason == .uncaughtSignal)

    let second = try Program.start("replay", "runs/climb", "--member", "3", in: folder)
    #expect(second.read(until: "resuming: "))
    #expect(second.read(until: "interval"))
    #expect(second.end(by: SIGINT) == 75)

    // The run that it came from is no longer needed.
    let expected = try await seen("runs/climb", "--member", "3", in: folder)
    try FileManager.default.moveItem(
      at: folder.url.appendingPathComponent("runs/climb"), to: folder.url.appendingPathComponent("elsewhere"))
    let third = try await Program.run("run", "runs/climb-replay-3", in: folder)
    #expect(third.status == 0, "\(third.errors)")
    #expect(third.output.contains("resuming: "))
    #expect(try await seen("runs/climb-replay-3", "--member", "0", in: folder) == expected)
  }

  @Test func `What cannot be replayed is said, and nothing is made`() async throws {
    let folder = try Example.folder(trainer: "import signal; open('started', 'w'); signal.pause()")
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    _ = running.end(by: SIGKILL)
    for arguments in [["runs/climb"], ["runs/climb", "--member", "2"]] {
      let replay = try await Program.run(arguments: ["replay"] + arguments, in: folder)
      #expect(replay.status == 65)
      #expect(
        replay.errors.contains(
          arguments.count == 1 ? "there is no best model yet" : "member 2 has no model yet"))
    }
    for arguments in [
      ["--member", "6"], ["--member", "-1"], ["--seeds", "0"], ["--seed", "-1"], ["--seed", "1e99"],
    ] {
      #expect(try await Program.run(arguments: ["replay", "runs/climb"] + arguments, in: folder).status == 64)
    }
    #expect(try await Program.run("replay", "nowhere", in: folder).status == 65)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs") == ["climb"])
  }

  @Test func `A folder that is something else is left alone`() async throws {
    let folder = try await recordedRun()
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("notes"), withIntermediateDirectories: false)
    try folder.write("mine", to: "notes/text")
    let onNotes = try await Program.run("replay", "runs/climb", "--to", "notes", in: folder)
    #expect(onNotes.status == 65)
    #expect(onNotes.errors.contains("nothing was changed") && onNotes.errors.contains("--to"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/notes") == ["text"])

    let before = try await history(of: "runs/climb", in: folder)
    let onItself = try await Program.run("replay", "runs/climb", "--to", "runs/climb", in: folder)
    #expect(onItself.status == 65)
    #expect(onItself.errors.contains("runs/climb contains another run:\n  name: climb -> climb-replay\n"))
    #expect(try await history(of: "runs/climb", in: folder) == before)

    #expect(try await Program.run("replay", "runs/climb", in: folder).status == 0)
    let other = try await Program.run("replay", "runs/climb", "--seed", "77", in: folder)
    #expect(other.status == 65)
    #expect(other.errors.contains("  seed: ") && other.errors.contains(" -> 77\n"), "\(other.errors)")
  }

  @Test func `A trainer that fails ends a replay as it ends a run`() async throws {
    let folder = try await recordedRun()
    try folder.write("raise SystemExit('there is no GPU here')", to: "train.py")
    let never = try await Program.run("replay", "runs/climb", in: folder)
    #expect(never.status == 69)
    #expect(never.errors.contains("the last failure: there is no GPU here"))
    #expect(!never.output.contains("original"))

    // Mended, the same command goes on; a model that fails does so alone.
    try folder.write(Self.recorder, to: "train.py")
    #expect(try await Program.run("replay", "runs/climb", in: folder).status == 0)
    try folder.write(
      Self.recorder.replacing(
        "    seen, seeds = [], []",
        with: """
              if interval.member == 1 and interval.start > 0:
                  interval.fail("no luck")
                  continue
              seen, seeds = [], []
          """), to: "train.py")
    let partly = try await Program.run("replay", "runs/climb", "--seeds", "2", "--to", "two", in: folder)
    #expect(partly.status == 0, "\(partly.errors)")
    #expect(partly.lines.last?.hasPrefix("replay, member 1 ") == true)
    #expect(partly.lines.last?.contains(" – ") == true)
  }
}
