import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Testing

/// Budgets and sizes that change at random moments of random histories.
@Suite("A walk of random calls and revisions")
struct RevisionWalkTests {
  static let settings: [RandomWalkTests.Setting] = [
    .init(testDescription: "asynchronous", rules: .small(size: 5, steps: 60), seed: 21),
    .init(
      testDescription: "synchronous", rules: .small(size: 4, steps: 60, order: .synchronous, maxFailures: 1), seed: 22),
    .init("copies are evaluated, scores are means", .small(size: 4, steps: 60), seed: 23) {
      $0.evaluatesCopies = true
      $0.score = .mean(3)
      $0.compare = .equalExperience
    },
    .init("random search with growing intervals", .small(size: 4, steps: 60, exploit: .copyNobody), seed: 24) {
      $0.interval = .linear(from: 4, to: 20)
    },
    .init(
      "targets and stagnation in half a barrier", .small(size: 5, steps: 90, order: .synchronous(fraction: 0.5)),
      seed: 25
    ) {
      $0.stop = Rules.Stop(target: 0.9, stagnation: 3)
    },
    .init("islands", .small(size: 6, steps: 60), seed: 26) {
      $0.subpopulations = [Subpopulation(size: 3), Subpopulation(size: 3, intervals: 2)]
    },
  ]

  @Test("makes the same history in every store, and what must always hold holds", arguments: settings)
  func sameHistory(setting: RandomWalkTests.Setting) async throws {
    try await walk(setting, StoreKind.all, isTimed: true)
  }

  @Test("and the same where several processes may have one", arguments: settings.prefix(3))
  func sameAmongSeveral(setting: RandomWalkTests.Setting) async throws {
    try await walk(setting, [.inMemory] + StoreKind.ofSeveralProcesses, isTimed: false)
  }

  private func walk(_ setting: RandomWalkTests.Setting, _ kinds: [StoreKind], isTimed: Bool) async throws {
    var histories: [[String]] = []
    for kind in kinds {
      var random = SeededGenerator(seed: setting.seed)
      var walk = try await Walk(try await Bench(kind, setting.rules), seed: setting.seed, isTimed: isTimed)
      for _ in 0..<8 {
        for _ in 0..<Int.random(in: 0...120, using: &random) where !walk.isOver { try await walk.step() }
        let (steps, size) = (Int.random(in: 1...15, using: &random) * 10, Int.random(in: 1...8, using: &random))
        let keep: Rules.Retention = [.needed, .last(1), .last(4), .all][Int.random(in: 0..<4, using: &random)]
        let target = Double.random(in: 0.8...1, using: &random)
        try await walk.revise {
          $0.steps = steps
          $0.populationSize = size
          $0.keep = keep
          if $0.stop.target != nil { $0.stop.target = target }
        }
      }
      var calls = 0
      while calls < 3000, !walk.isOver {
        try await walk.step()
        calls += 1
      }
      #expect(walk.isOver)
      histories.append(walk.witness.records.withoutEvents.map(text))
      if walk.bench.kind.name == StoreKind.sqlite.name { try await expectSameOnDisk(walk.bench) }
    }
    #expect(histories[0].contains { $0.contains("retire") })
    expectSame(histories)
  }
}
