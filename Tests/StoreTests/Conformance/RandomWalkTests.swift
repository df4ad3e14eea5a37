import PopulationBasedTraining
import Store
import Testing

@Suite("A walk of random calls")
struct RandomWalkTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rules: Rules
    var seed: UInt64
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
  ]

  @Test("makes the same history in every store, and what must always hold holds after each call", arguments: settings)
  func sameHistory(setting: Setting) async throws {
    var histories: [[String]] = []
    for kind in Bench.Kind.allCases {
      var walk = try await Walk(try await Bench(kind, setting.rules), seed: setting.seed)
      var calls = 0
      while calls < 2500, !walk.isOver {
        try await walk.step()
        calls += 1
      }
      #expect(walk.isOver || calls == 2500)
      #expect(walk.witness.records.count > 300)
      #expect(!walk.witness.collected.isEmpty)
      histories.append(walk.witness.records.withoutEvents.map(text))
    }
    #expect(histories[0].count == histories[1].count)
    for (one, other) in zip(histories[0], histories[1]) where one != other {
      Issue.record("\(one)\nand\n\(other)")
      break
    }
  }
}
