@testable import PoptrainSQLite
import GRDB
import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("A walk of random calls")
struct RandomWalkTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rules: Rules
    var seed: UInt64

    init(testDescription: String, rules: Rules, seed: UInt64) {
      self.testDescription = testDescription
      self.rules = rules
      self.seed = seed
    }

    init(_ testDescription: String, _ rules: Rules, seed: UInt64, _ change: (inout Rules) -> Void) {
      self.init(testDescription: testDescription, rules: rules, seed: seed)
      change(&self.rules)
    }
  }

  static let settings = [
    Setting(testDescription: "asynchronous", rules: .small(size: 6, steps: 900, exploit: .truncation(0.3)), seed: 1),
    Setting(
      testDescription: "synchronous", rules: .small(size: 5, steps: 900, order: .synchronous, maxFailures: 1), seed: 2),
    Setting(testDescription: "smaller is better", rules: .small(size: 3, steps: 1200, mode: .min), seed: 3),
    Setting(
      testDescription: "nobody copies", rules: .small(size: 40, steps: 300, exploit: .copyNobody, maxFailures: 1),
      seed: 4),
    Setting(
      testDescription: "a pair in synchronous order",
      rules: .small(size: 2, steps: 2000, order: .synchronous, exploit: .truncation(0.5)), seed: 5),
    Setting("copies are evaluated, scores are means", .small(size: 5, steps: 700), seed: 6) {
      $0.evaluatesCopies = true
      $0.score = .mean(3)
    },
    Setting("equal experience, growing intervals", .small(size: 5, steps: 900), seed: 7) {
      $0.compare = .equalExperience
      $0.interval = .linear(from: 4, to: 20)
    },
    Setting(
      "half a barrier, hyperparameters alone", .small(size: 6, steps: 900, order: .synchronous(fraction: 0.5)), seed: 8
    ) {
      $0.inherit = .hyperparameters
      $0.burnIn = 100
    },
    Setting(
      "t-tests between islands of two speeds",
      .small(size: 8, steps: 700, exploit: .rule("t_test", ["evaluations": .number(3), "p_value": .number(0.5)])),
      seed: 9
    ) {
      $0.subpopulations = [Subpopulation(size: 4), Subpopulation(size: 4, intervals: 3)]
      $0.evaluatesCopies = true
    },
    Setting(
      "back to the best ever, weights alone", .small(size: 5, steps: 900, exploit: .rule("backtrack", [:])), seed: 10
    ) {
      $0.inherit = .weights
      $0.improvementGap = Rules.ImprovementGap(absolute: 0.2, deviations: 0.5)
    },
    Setting(
      testDescription: "populations that begin again",
      rules: .small(
        size: 5, steps: 900, exploit: .rule("restart", ["patience": .number(2), "quantile_fraction": .number(0.3)])),
      seed: 11),
    Setting("the last checkpoints are kept, copies are evaluated", .small(size: 5, steps: 900), seed: 12) {
      $0.keep = .last(3)
      $0.evaluatesCopies = true
    },
    Setting("every checkpoint is kept", .small(size: 5, steps: 900, maxFailures: 1), seed: 13) { $0.keep = .all },
  ]

  @Test("makes the same history in every store, and what must always hold holds after each call", arguments: settings)
  func sameHistory(setting: Setting) async throws {
    try await walk(setting, StoreKind.all, isTimed: true)
  }

  @Test("and the same where several processes may have one", arguments: settings.prefix(3))
  func sameAmongSeveral(setting: Setting) async throws {
    try await walk(setting, [.inMemory] + StoreKind.ofSeveralProcesses, isTimed: false)
  }

  private func walk(_ setting: Setting, _ kinds: [StoreKind], isTimed: Bool) async throws {
    var histories: [[String]] = []
    for kind in kinds {
      let bench = try await Bench(kind, setting.rules)
      var walk = try await Walk(bench, seed: setting.seed, isTimed: isTimed)
      var calls = 0
      while calls < 2500, !walk.isOver {
        try await walk.step()
        calls += 1
      }
      #expect(walk.isOver || calls == 2500)
      #expect(walk.witness.records.count > 300)
      #expect(walk.witness.collected.isEmpty == (setting.rules.keep == .all))
      histories.append(walk.witness.records.withoutEvents.map(text))
      if bench.kind.name == StoreKind.sqlite.name { try await expectSameOnDisk(bench) }
    }
    expectSame(histories)
  }
}

/// Histories of several stores are equal; tells the first difference.
func expectSame(_ histories: [[String]]) {
  for history in histories.dropFirst() {
    #expect(histories[0].count == history.count)
    for (one, other) in zip(histories[0], history) where one != other {
      Issue.record("\(one)\nand\n\(other)")
      break
    }
  }
}

/// What the database holds is what the store answers from; also where version 2 of the schema holds it.
func expectSameOnDisk(_ bench: Bench) async throws {
  let now = await bench.store.population()
  let folder = bench.folder
  // What is refused at no cost is new since then, and was counted with what was trained.
  let records = try await bench.store.records(after: 0)
  let refused = records.filter { record in
    if case .interval(let interval) = record { interval.isRefusedAtOnce } else { false }
  }.map(\.sequence)
  let restarted = records.last { if case .event(let event) = $0 { event.kind == .restarted } else { false } }
  let sinceBest = refused.count { $0 > now.best?.published.sequence ?? 0 }
  let sinceRestart = refused.count { $0 > restarted?.sequence ?? 0 }
  for (folder, isOld) in [(folder, false), (try folder.ofVersionTwo(), true)] {
    let read = try RunReader(path: folder.database, space: bench.rules.space).population(rules: bench.rules)
    #expect(read.members == now.members)
    #expect(read.best == now.best && read.sequence == now.sequence && read.ending == now.ending)
    #expect(read.completedIntervals == now.completedIntervals)
    #expect(read.intervalsSinceBest == now.intervalsSinceBest + (isOld ? sinceBest : 0))
    #expect(read.intervalsSinceRestart == now.intervalsSinceRestart + (isOld ? sinceRestart : 0))
    #expect(read.restarts == now.restarts && read.observations == now.observations)
  }
}

extension Interval {
  fileprivate var isRefusedAtOnce: Bool { kind == .train && outcome == .invalid && steps == 0 }
}

extension TemporaryFolder {
  /// A copy whose database has only what version 2 had.
  fileprivate func ofVersionTwo() throws -> TemporaryFolder {
    let copy = try copy()
    try DatabaseQueue(path: copy.database).write { db in
      try db.execute(
        sql: """
          ALTER TABLE members DROP COLUMN beginning;
          ALTER TABLE run DROP COLUMN intervals_since_best;
          ALTER TABLE run DROP COLUMN intervals_since_restart;
          DELETE FROM grdb_migrations WHERE identifier = '3';
          PRAGMA user_version = 2;
          """)
    }
    return copy
  }
}
