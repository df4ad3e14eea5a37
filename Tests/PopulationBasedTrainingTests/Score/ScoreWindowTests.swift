import Testing

@testable import PopulationBasedTraining

@Suite struct ScoreWindowTests {
  @Test(
    "A window takes the last evaluations, or what there is",
    arguments: [
      (.last, 9), (.mean(2), 6), (.mean(4), 5.25), (.mean(99), 4), (.median(3), 5), (.median(4), 5), (.median(5), 5),
      (.median(6), 4.5), (.best(3), 7), (.best(1), 7),
    ] as [(ScoreWindow, Double)])
  func windows(_ window: ScoreWindow, _ expected: Double) {
    #expect(window.score(reported: 9, evaluations: [1, 2, 4, 5, 5, 7]) == expected)
  }

  /// The values of `pandas.Series(evaluations).ewm(span=span, adjust=True).mean().iloc[-1]`: the sum of `(1 - a)^i` times the
  /// evaluation that `i` others follow, over the sum of these weights, with `a = 2 / (span + 1)`.
  @Test(
    "An exponential mean is that of pandas",
    arguments: [
      (1, 7.0), (2, 6.274725274725275), (3, 5.7936507936507935), (5, 5.213533834586466), (10, 4.647105118859465),
    ])
  func exponentialMeans(_ span: Int, _ expected: Double) {
    let window = ScoreWindow.exponentialMean(span: span)
    #expect(abs(window.score(reported: 9, evaluations: [1, 2, 4, 5, 5, 7]) - expected) < 1e-14)
    let large = window.score(reported: 9, evaluations: [1, 2, 4, 5, 5, 7].map { $0 * 0x1p1015 })
    #expect(abs(large * 0x1p-1015 - expected) < 1e-14)
  }

  @Test("What an exponential mean forgets would not change it", arguments: [1, 2, 5, 1000])
  func exponentialMeansForget(_ span: Int) {
    let window = ScoreWindow.exponentialMean(span: span)
    let evaluations = (0..<20 * span).map { $0 < 10 * span ? 1.0 : 0 }
    #expect(window.score(reported: 0, evaluations: evaluations) == 0)
    #expect((Sample(evaluations)?.exponentialMean(span: span) ?? 1) < 3e-9)
    var rules = Rules.example()
    rules.score = window
    #expect(rules.scoresRemembered == 10 * span)
  }

  private func population(_ score: ScoreWindow, mode: Rules.Mode = .max) -> Population {
    var rules = Rules.example(members: 1, steps: 1000, mode: mode)
    rules.score = score
    var population = Population(rules: rules)
    population.apply(.decision(initialDecision(0, in: population)))
    return population
  }

  /// What is published after intervals that logged and reported these metrics.
  private func published(_ score: ScoreWindow, mode: Rules.Mode, _ intervals: [([Double], Double)]) -> [Double?] {
    var population = population(score, mode: mode)
    return intervals.map { logged, reported in
      var interval = Interval.example(
        of: population.members[0], sequence: population.sequence + 1,
        score: population.rules.score(ofMetric: reported))
      interval.evaluations = logged.enumerated().map {
        Evaluation(age: interval.startAge + $0.offset, metrics: ["score": $0.element, "other": 1e9])
      }
      interval.selection = population.selection(of: interval)
      population.apply(.interval(interval))
      return population.members[0].published?.score
    }
  }

  @Test(
    "The window goes over intervals, and takes what was logged before what was reported", arguments: Rules.Mode.allCases
  )
  func overIntervals(_ mode: Rules.Mode) {
    let sign = mode == .max ? 1.0 : -1
    func scores(_ window: ScoreWindow) -> [Double?] {
      published(
        window, mode: mode, [([1, 2], 3), ([], 10), ([.nan, 5], 6)].map { ($0.0.map { sign * $0 }, sign * $0.1) })
    }
    #expect(scores(.last) == [3, 10, 6])
    #expect(scores(.mean(3)) == [2, 5, 7])
    #expect(scores(.median(4)) == [2, 2.5, 5.5])
    #expect(scores(.best(3)) == [3, 10, 10])
    #expect(scores(.mean(2)) == [2.5, 6.5, 5.5])
    // With weights 1, 1/2, 1/4 and so on.
    #expect(abs((scores(.exponentialMean(span: 3))[0] ?? 0) - 4.25 / 1.75) < 1e-15)
  }

  @Test("What was logged at the last age is what the reported value stands for")
  func listsCountOnce() {
    var population = population(.mean(4))
    var interval = Interval.example(of: population.members[0], sequence: 2, score: 2)
    interval.evaluations = [1, 2, 3].map { Evaluation(age: interval.endAge, metrics: ["score": $0]) }
    interval.selection = population.selection(of: interval)
    population.apply(.interval(interval))
    #expect(population.members[0].scores.map(\.evaluations) == [[1, 2, 3]])
  }

  @Test("A copy's window begins again")
  func copiesForget() {
    var rules = Rules.example(members: 2, steps: 1000)
    rules.score = .mean(5)
    var population = Population(rules: rules)
    for id in 0...1 { population.apply(.decision(initialDecision(id, in: population))) }
    for (id, score) in [(0, 1.0), (1, 100)] {
      var interval = Interval.example(of: population.members[id], sequence: population.sequence + 1, score: score)
      interval.selection = population.selection(of: interval)
      population.apply(.interval(interval))
    }
    population.apply(.decision(decide(0, in: population)))
    #expect(population.members[0].scores.isEmpty && population.members[0].published == nil)
    #expect(population.members[0].startSelection == 100)
    var interval = Interval.example(of: population.members[0], sequence: population.sequence + 1, score: 7)
    interval.selection = population.selection(of: interval)
    #expect(interval.selection == 7)
  }

  @Test("What breaks a requirement ranks below all that do not, and by how much it breaks it")
  func requirements() {
    var rules = Rules.example(members: 5, steps: 1000)
    rules.requirements = [
      Requirement("latency", isAtMost: true, limit: 2), Requirement("recall", isAtMost: false, limit: 0.5),
    ]
    var population = Population(rules: rules)
    for id in 0..<5 { population.apply(.decision(initialDecision(id, in: population))) }
    let metrics: [[String: Double]] = [
      ["latency": 1, "recall": 0.9], ["latency": 2, "recall": 0.5], ["latency": 3, "recall": 0.9],
      ["latency": 20, "recall": 0.9], ["latency": 1],
    ]
    for (id, metrics) in metrics.enumerated() {
      var interval = Interval.example(of: population.members[id], sequence: population.sequence + 1, score: Double(id))
      interval.metrics = metrics
      interval.selection = interval.score
      population.apply(.interval(interval))
    }
    #expect(population.ranking(ofSubpopulation: 0).entries.map(\.member) == [1, 0, 2, 3, 4])
    #expect(population.best?.member == 1)
    #expect(decide(4, in: population).result.donor?.member == 1)
  }
}
