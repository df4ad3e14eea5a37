import PoptrainSQLite
@testable import PoptrainRuns
@testable import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Testing

/// A replay trains under the very values, at the very ages, under which a recorded model was trained.
@Suite struct ReplayTests {
  /// A population with its database, and the diary of its trainer.
  final class Recorded {
    let directory = RunDirectory(path: FileManager.default.temporaryDirectory.path + "/poptrain-test-\(UUID())")
    var trainer: RecordingTrainer

    init(
      _ text: String, seed: UInt64 = 1, intervals: Int = .max, isExact: Bool = false,
      rules change: (inout Rules) -> Void = { _ in }
    ) async throws {
      trainer = RecordingTrainer(seed: seed)
      try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
      var rules = try ExperimentFile.parse(text: text, path: "experiment.yaml").rules
      change(&rules)
      let store = try await directory.database.open(
        RunOpening(rules: rules, experiment: text, folder: "/tmp", isDurable: false))
      try await trainer.train(store, workers: 3, intervals: intervals, isExact: isExact)
      try await store.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory.path) }

    var run: RecordedRun { get throws { try RecordedRun(directory) } }
  }

  private static func experiment(_ hyperparameters: String, steps: Int = 60, more: String = "") -> String {
    """
    name: test
    trainer: {command: [python3, train.py]}
    metric: score
    mode: min
    population_size: 6
    steps: \(steps)
    interval: 10
    seed: 3
    hyperparameters: {\(hyperparameters)}
    \(more)
    """
  }

  private static let everyKind = """
    rate: {log_uniform: [1e-7, 1.0]}, dropout: {uniform: [-0.3, 0.8]}, accumulation: {integer: [1, 8]},
    batch: {ordered: [16, 32.5, 64]}, augmentation: {choice: [none, "flip \\"x\\"", "1", 1, true]},
    layers: {integer: [1, 4], structural: true}, width: 64, fold: {per_member: [a, b, c, d, e, f]}
    """

  /// The ways in which a lineage may come about.
  enum Way: String, CaseIterable, Sendable {
    case truncation, backtracking, evaluatedCopies, weightsOnly, hyperparametersOnly, exploreOnly, synchronous

    func apply(to rules: inout Rules) {
      switch self {
      case .truncation: break
      case .backtracking: rules.exploit = Self.rule("backtrack")
      case .evaluatedCopies: rules.evaluatesCopies = true
      case .weightsOnly: rules.inherit = .weights
      case .hyperparametersOnly: rules.inherit = .hyperparameters
      case .exploreOnly: rules.exploit = Self.rule("explore_only")
      case .synchronous: rules.order = .synchronous
      }
    }

    private static func rule(_ name: String) -> RuleChoice {
      ExploitRules.all.first { $0.name == name }.map { RuleChoice($0) } ?? ExploitRules.standard
    }
  }

  @Test(arguments: Way.allCases)
  func theValuesAreTheSameAtTheSameAges(way: Way) async throws {
    var changes = 0
    var outcomes: Set<String> = []
    for seed in 1...4 as ClosedRange<UInt64> {
      let text = Self.experiment(Self.everyKind, more: "exploit: {truncation: {quantile_fraction: 0.5}}")
      let recorded = try await Recorded(text, seed: seed, intervals: seed == 1 ? 20 : .max, rules: way.apply)
      outcomes.formUnion(recorded.trainer.outcomes)
      let run = try recorded.run
      for member in try run.population().members {
        guard let checkpoint = member.checkpoint else { continue }
        let replay = try Replay(run, of: checkpoint)
        let expected = try #require(recorded.trainer.seen[checkpoint])
        #expect(replay.original.age == expected.count)
        #expect(replay.experiment.totalSteps == run.experiment.totalSteps)

        var again = RecordingTrainer(seed: seed)
        var rules = replay.experiment.rules
        rules.populationSize = 2
        let store = InMemoryStore(rules: rules)
        try await again.train(store, workers: 2, isExact: true)
        for member in await store.population().members {
          let seen = try again.seen[#require(member.checkpoint)]
          #expect(seen == expected)
          #expect(member.state == .done)
        }
        changes += try run.lineage(of: checkpoint).schedule.count - 1
      }
    }
    #expect(changes > 10)
    #expect(outcomes.isSuperset(of: ["fewer", "more", "all"]))
    #expect(outcomes.contains("evaluated") == (way == .evaluatedCopies))
  }

  @Test func aModelYoungerThanAnIntervalIsReplayed() async throws {
    let text = Self.experiment("rate: {uniform: [0.0, 1.0]}", steps: 1000)
      .replacing("interval: 10", with: "interval: 1000")
    for seed in 1... as PartialRangeFrom<UInt64> {
      let recorded = try await Recorded(text, seed: seed, intervals: 1)
      let run = try recorded.run
      let member = try #require(try run.population().members.first { $0.checkpoint != nil })
      guard member.age < 1000 else { continue }
      let replay = try Replay(run, of: #require(member.checkpoint))
      #expect(replay.experiment.rules.steps == member.age)
      #expect(replay.experiment.rules.intervalsPerMember == 1)
      #expect(replay.experiment.totalSteps == 1000)
      return
    }
  }

  private static let betweenMembers = """
    score: {mean: 2}
    order: synchronous
    burn_in: 10
    stop: {target: -1, stagnation: 100, wall_clock: 1h}
    subpopulations: 2
    constraints: [accumulation <= layers]
    inherit: weights
    evaluate_copies: true
    max_failures: 7
    workers: 5
    durability: process
    """

  @Test func whatOnlyMattersBetweenMembersIsDropped() async throws {
    let recorded = try await Recorded(
      Self.experiment(Self.everyKind, more: Self.betweenMembers), isExact: true)
    let run = try recorded.run
    let best = try #require(try run.population().best)
    let replay = try Replay(run, of: best.published.checkpoint)
    let rules = replay.experiment.rules
    #expect(replay.experiment.name == "test-replay")
    #expect(rules.exploit.name == "none" && rules.explore.name == "none")
    #expect(rules.populationSize == 1 && rules.seed != 3 && rules.order == .asynchronous)
    #expect(rules.burnIn == 0 && rules.stop == Rules.Stop() && rules.subpopulations.isEmpty)
    #expect(rules.inherit == .both && !rules.evaluatesCopies && rules.space.constraints.isEmpty)
    #expect(replay.experiment.wallClock == nil)
    #expect(rules.steps == best.published.age && rules.interval == 10 && rules.score == .mean(2))
    #expect(rules.metric == "score" && rules.mode == .min && rules.maxFailures == 7)
    #expect(replay.experiment.workers == .count(5) && replay.experiment.durability == .process)
    #expect(replay.original.member == best.member && replay.original.age == best.published.age)
    #expect(try replay.original.score == -#require(run.lineage(of: best.published.checkpoint).intervals.last?.score))
  }

  @Test func aReplayCanBeReplayed() async throws {
    let recorded = try await Recorded(Self.experiment(Self.everyKind), isExact: true)
    let run = try recorded.run
    let checkpoint = try #require(try run.population().members[2].checkpoint)
    let replay = try Replay(run, of: checkpoint)
    let again = try await Recorded(replay.experiment.yaml, isExact: true)
    let model = try #require(try again.run.population().members[0].checkpoint)
    let second = try Replay(again.run, of: model)
    var rules = second.experiment.rules
    #expect(rules.seed != replay.experiment.rules.seed)
    rules.seed = replay.experiment.rules.seed
    #expect(rules == replay.experiment.rules)
    #expect(second.experiment.name == "test-replay-replay")
  }

  @Test func aNameThatLeavesNoRoomIsKept() async throws {
    let name = String(repeating: "é", count: 48)
    let text = Self.experiment("rate: {uniform: [0.0, 1.0]}").replacing("name: test", with: "name: \(name)")
    let recorded = try await Recorded(text, isExact: true)
    let checkpoint = try #require(try recorded.run.population().members[0].checkpoint)
    #expect(try Replay(recorded.run, of: checkpoint).experiment.name == name)
  }

  @Test func aStructuralValueThatChangesIsRefused() async throws {
    let recorded = try await Recorded(Self.experiment("layers: {integer: [1, 99], structural: true}"), isExact: true) {
      $0.space = Space([Hyperparameter("layers", .integer(1, 99))])
      Way.exploreOnly.apply(to: &$0)
    }
    let checkpoint = try #require(try recorded.run.population().members[0].checkpoint)
    let error = #expect(throws: RunError.self) { try Replay(recorded.run, of: checkpoint) }
    #expect("\(try #require(error))".contains("layers is structural, but changes at age"))
  }

  @Test func whatCouldNotBeReadAgainIsNotBegun() async throws {
    // The schedule repeats what the experiment says once, and becomes larger than a file may be.
    let values = ["a", "b", "c"].map { String(repeating: $0, count: 200_000) }.joined(separator: ", ")
    let more = "exploit: explore_only\nexplore: {resample: {probability: 1.0}}"
    let recorded = try await Recorded(
      Self.experiment("augmentation: {choice: [\(values)]}", steps: 200, more: more), isExact: true)
    let checkpoint = try #require(try recorded.run.population().members[0].checkpoint)
    let error = #expect(throws: RunError.self) { try Replay(recorded.run, of: checkpoint) }
    #expect("\(try #require(error))".contains("cannot be written as an experiment file: the replay:"))
  }

  @Test func aCheckpointThatNoIntervalMadeIsRefused() async throws {
    let recorded = try await Recorded(Self.experiment(Self.everyKind), intervals: 3)
    #expect(throws: RunError.self) { try Replay(recorded.run, of: CheckpointID("0-1-x")) }
  }
}
