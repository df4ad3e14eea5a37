import Testing

@testable import PopulationBasedTraining

/// A model whose score is not there yet is not one that has diverged.
struct `A score that is not there yet` {
  /// Two members of which the first has ended an interval in some way, and the second, where it has a score, another.
  private func population(
    _ outcome: Interval.Outcome, others score: Double? = nil, othersSteps: Int = 10, rules: Rules = .example(members: 2)
  ) -> Population {
    var population = Population(rules: rules)
    for id in 0..<2 { population.apply(.decision(initialDecision(id, in: population))) }
    if let score {
      population.apply(.interval(.example(of: population.members[1], sequence: 3, steps: othersSteps, score: score)))
    }
    population.apply(
      .interval(.example(of: population.members[0], sequence: population.sequence + 1, outcome: outcome)))
    return population
  }

  @Test func `A member that says so keeps its model, its values and what it has published, and decides nothing`() {
    var population = population(.unscored, others: 5)
    let before = population.members[0]
    let decision = decide(0, in: population)
    #expect(decision.result == .stay && decision.reason == "no score yet")
    #expect(decision.hyperparameters == before.hyperparameters)
    population.apply(.decision(decision))
    let after = population.members[0]
    #expect(after.state == .ready && after.checkpoint == before.checkpoint && after.age == 10)

    var scored = Population(rules: .example(members: 2))
    for id in 0..<2 { scored.apply(.decision(initialDecision(id, in: scored))) }
    scored.apply(.interval(.example(of: scored.members[0], sequence: 3, score: 7)))
    scored.apply(.decision(decide(0, in: scored)))
    scored.apply(.interval(.example(of: scored.members[0], sequence: 5, outcome: .unscored)))
    #expect(scored.members[0].published?.score == 7 && scored.members[0].published?.age == 10)
    #expect(scored.members[0].startSelection == 7)
    #expect(scored.best?.published.score == 7)
  }

  @Test func `Where nobody has ever had a score at its age, a metric that is no number is not there yet`() {
    #expect(decide(0, in: population(.diverged)).reason == "no score yet")
    #expect(decide(0, in: population(.diverged, others: 5, othersSteps: 11)).reason == "no score yet")
    // Once somebody has had one at its age, it has diverged.
    #expect(decide(0, in: population(.diverged, others: 5)).result.donor?.member == 1)
    // What has no model cannot go on.
    #expect(decide(0, in: population(.forfeited)).result == .fresh)
  }

  @Test func `Burn-in protects a model that has diverged, but not what cannot be trained`() {
    var rules = Rules.example(members: 2)
    rules.burnIn = 20
    #expect(decide(0, in: population(.diverged, others: 5, rules: rules)).reason == "burn-in")
    #expect(decide(0, in: population(.forfeited, others: 5, rules: rules)).result.donor?.member == 1)
  }

  @Test func `Rules of version 1 replace it, as they always did`() {
    var rules = Rules.example(members: 2)
    rules.version = 1
    #expect(decide(0, in: population(.diverged, rules: rules)).result == .fresh)
  }

  /// The metric is there from the fourth interval of a model on, as of a trader who has not traded before.
  @Test(arguments: [Rules.Order.asynchronous, .synchronous])
  func `A population whose metric comes late trains every model to its end`(_ order: Rules.Order) {
    var rules = Rules.example(members: 10, steps: 80)
    rules.order = order
    var run = ToyRun(rules, order: 3) { task in
      let age = (task.model?.first ?? 0) + Double(task.steps)
      return ToyRun.Result(model: [age], metrics: age > 30 ? ["score": Double(task.member)] : [:])
    }
    run.finish()
    #expect(run.population.members.allSatisfy { $0.state == .done && $0.published != nil && $0.age >= 40 })
    #expect(run.decisions.allSatisfy { $0.result != .fresh })
    let replaced = run.decisions.filter { $0.result.donor != nil && $0.ownScore == nil }
    #expect(replaced.isEmpty || order == .asynchronous)
    run.audit()
  }

  /// A metric that is measured in every second or third interval of a model, and no number otherwise.
  @Test(arguments: [(Rules.Order.asynchronous, 2), (.synchronous, 2), (.synchronous, 3)])
  func `A metric that comes in some intervals only replaces nobody for want of it`(order: Rules.Order, every: Int) {
    for seed in 1...5 {
      var rules = Rules.example(members: 8, steps: 120)
      rules.order = order
      var run = ToyRun(rules, order: seed) { task in
        let age = (task.model?.first ?? 0) + Double(task.steps)
        let isMeasured = Int(age) / 10 % every == 1
        return ToyRun.Result(model: [age], metrics: isMeasured ? ["score": Double(task.member)] : [:])
      }
      run.finish()
      #expect(run.decisions.contains { $0.result.donor != nil })
      #expect(run.decisions.allSatisfy { $0.result == .stay || $0.ownScore != nil })
      run.audit()
    }
  }

  @Test(arguments: [Rules.Order.asynchronous, .synchronous])
  func `A model that goes on without a score where others have one has diverged`(_ order: Rules.Order) {
    for seed in 1...5 {
      var rules = Rules.example(members: 8, steps: 120)
      rules.order = order
      var run = ToyRun(rules, order: seed) { task in
        let age = (task.model?.first ?? 0) + Double(task.steps)
        // Those that began as member 0 diverge at age 30.
        let founder = task.model?.last ?? Double(task.member)
        // In the middle, so that nobody copies it, and it nobody, for its score.
        let score = task.member == 0 ? 4.5 : Double(task.member)
        return ToyRun.Result(model: [age, founder], metrics: founder == 0 && age >= 30 ? [:] : ["score": score])
      }
      run.finish()
      let replaced = run.decisions.filter { $0.result.donor != nil && $0.ownScore == nil }
      // Where it was the first at that age it may have waited for one interval.
      #expect(!replaced.isEmpty && replaced.allSatisfy { $0.member == 0 && $0.ordinal <= 4 })
      #expect(order == .asynchronous || replaced.contains { $0.ordinal == 3 })
      run.audit()
    }
  }

  @Test func `A population without any score does not end for stagnation`() {
    var rules = Rules.example(members: 2)
    rules.stop.stagnation = 1
    var population = population(.diverged, rules: rules)
    for sequence in 4...9 {
      var interval = Interval.example(of: population.members[1], sequence: sequence, outcome: .diverged)
      interval.number = sequence
      population.apply(.interval(interval))
    }
    #expect(population.reasonToEnd == nil)
  }

  @Test func `Values that were refused at once are no interval without a better score`() {
    var population = population(.completed)
    let before = population.intervalsSinceBest
    let refused = Interval.example(
      of: population.members[1], sequence: population.sequence + 1, outcome: .invalid, steps: 0)
    population.apply(.interval(refused))
    #expect(population.intervalsSinceBest == before)
  }

  @Test func `Values that cannot be trained are drawn anew without looking at others`() {
    var population = population(.invalid, others: 5)
    let decision = decide(0, in: population)
    #expect(decision.result == .fresh)
    #expect(decision.hyperparameters == decide(0, in: self.population(.invalid)).hyperparameters)
    population.apply(.decision(decision))
    #expect(population.members[0].hyperparameters != population.members[1].hyperparameters)
  }
}
