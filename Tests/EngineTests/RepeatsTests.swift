@testable import PoptrainChecking
import PoptrainCheckpoints
import PopulationBasedTraining
import Testing

@testable import PoptrainChecking

/// How training under other values is told from training again.
@Suite struct RepeatsTests {
  private func trial(_ score: Double, _ other: Double = 0, saved hash: String = "a", log: String = "x") -> Trial {
    Trial(
      metric: score, metrics: ["score": score, "other": other],
      contents: CheckpointContents(files: [
        .init(path: "model", bytes: 8, hash: hash), .init(path: "log", bytes: 8, hash: log),
      ]))
  }

  @Test func ofExactRepetitionsTheSmallestDifferenceCounts() {
    let repeats = Repeats(trials: [trial(1), trial(1)])
    #expect(repeats.difference(from: [trial(1.0.nextUp)]) == .score(1.0.nextUp, insteadOf: 1))
    #expect(repeats.difference(from: [trial(1, 2)]) == .metric("other", 2, insteadOf: 0))
    #expect(repeats.difference(from: [trial(1, saved: "b")]) == .saved(["model"]))
    #expect(repeats.difference(from: [trial(1)]) == .none)
  }

  @Test func aScoreThatIsNotANumberIsADifferenceOnlyWhereTheOthersAreNumbers() {
    let diverged = trial(.nan)
    let difference = Repeats(trials: [trial(1), trial(1)]).difference(from: [diverged])
    guard case .score(let score, insteadOf: 1) = difference else { return #expect(Bool(false), "\(difference)") }
    #expect(score.isNaN)
    #expect(Repeats(trials: [diverged, diverged]).difference(from: [diverged]) == .none)
  }

  @Test func whatDiffersAmongRepetitionsTellsNothing() {
    let repeats = Repeats(trials: [trial(1, 5, log: "x"), trial(1, 6, log: "y")])
    #expect(repeats.difference(from: [trial(1, 7, log: "z")]) == .none)
    #expect(repeats.difference(from: [trial(1, 7, saved: "b", log: "z")]) == .saved(["model"]))
  }

  @Test func aMetricThatOnlySaysWhichValueWasGivenIsNoDifference() {
    let repeats = Repeats(trials: [trial(1, 5), trial(1, 5)])
    #expect(repeats.difference(from: [trial(1, 7)]) == .metric("other", 7, insteadOf: 5))
    #expect(repeats.difference(from: [trial(1, 7)], echoes: ["other"]) == .none)
  }

  @Test func noisyScoresMustDifferByMoreThanTheirNoise() {
    let repeats = Repeats(trials: [1.0, 1.1, 0.9, 1.0].map { trial($0) })
    #expect(repeats.difference(from: [trial(1.3)]) == .withinNoise)
    // Eleven standard errors, which one score alone is by chance more often than once in a thousand times.
    #expect(repeats.difference(from: [trial(2)]) == .withinNoise)
    #expect(repeats.difference(from: [trial(2.5)]) == .score(2.5, insteadOf: 1))
    #expect(repeats.difference(from: [1.6, 1.7, 1.5].map { trial($0) }) != .withinNoise)
    #expect(repeats.difference(from: [trial(.infinity)]) != .withinNoise)
  }

  @Test(arguments: [(1, true), (1 + 1e-12, true), (1.1, false), (.infinity, false), (.nan, false)] as [(Double, Bool)])
  func onlyFiniteScoresAreEqualButForRounding(_ score: Double, _ isExact: Bool) {
    #expect(Repeats(trials: [trial(1), trial(score)]).isExactButRounding == isExact)
    #expect(Repeats(trials: [trial(score), trial(1)]).isExactButRounding == isExact)
  }
}

/// The values under which a trainer is checked.
@Suite struct CheckedValuesTests {
  @Test(arguments: [
    (Domain.uniform(0, 1), Value.number(0.2), [Value.number(1), .number(0)]),
    (.logUniform(1e-4, 1), .number(0.001), [.number(1), .number(1e-4)]),
    (.integer(1, 8), .integer(8), [.integer(1)]),
    (.integer(3, 3), .integer(3), []),
    (.ordered([.integer(16), .integer(1000), .integer(1001)]), .integer(1001), [.integer(16)]),
    (.choice([.text("a"), .text("b"), .text("c")]), .text("b"), [.text("a"), .text("c")]),
  ])
  func theFartherEndComesFirstAndOfAChoiceAllOthers(_ domain: Domain, _ value: Value, _ far: [Value]) {
    #expect(domain.far(from: value) == far)
  }

  @Test(arguments: [
    Domain.uniform(-1, 3), .logUniform(1e-6, 1), .integer(1, 8), .ordered([.integer(1), .integer(2)]),
    .choice([.boolean(true), .boolean(false)]), .fixed(.integer(1)),
  ])
  func theCentralValueIsInTheRange(_ domain: Domain) {
    #expect(domain.contains(domain.central))
  }

  @Test func everyValueThatExploreMayChangeHasANeighbour() {
    let space = Space([
      Hyperparameter("rate", .logUniform(1e-4, 1)), Hyperparameter("kind", .choice([.text("a"), .text("b")])),
      Hyperparameter("layers", .integer(1, 4), isStructural: true), Hyperparameter("width", .fixed(.integer(64))),
    ])
    let rules = Rules(populationSize: 2, steps: 2, interval: 1, mode: .max, space: space)
    let neighbours = rules.neighbours(of: space.central)
    #expect(neighbours.keys.sorted() == ["kind", "rate"])
    #expect(neighbours["kind"] == .text("b"))
    #expect(neighbours["rate"] != space.central["rate"])
  }
}
