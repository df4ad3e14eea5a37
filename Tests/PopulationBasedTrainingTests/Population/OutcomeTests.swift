import Testing

@testable import PopulationBasedTraining

/// What each kind of record does to a member.
@Suite struct OutcomeTests {
  /// A member that has trained one interval and published it, and one that has just joined.
  private func population(steps: Int = 100) -> Population {
    var population = Population(rules: .example(members: 2, steps: steps))
    for id in 0..<2 { population.apply(.decision(initialDecision(id, in: population))) }
    population.apply(.interval(.example(of: population.members[0], sequence: 3, score: 5, tie: 1)))
    population.apply(.decision(decide(0, in: population)))
    return population
  }

  private func after(
    _ outcome: Interval.Outcome, kind: Interval.Kind = .train, steps: Int = 10, score: Double? = nil, budget: Int = 100
  ) -> (before: Member, interval: Interval, after: Member) {
    var population = population(steps: budget)
    let before = population.members[0]
    let interval = Interval.example(
      of: before, sequence: population.sequence + 1, kind: kind, outcome: outcome, steps: steps, score: score)
    population.apply(.interval(interval))
    return (before, interval, population.members[0])
  }

  @Test("A completed interval publishes its score with what made it, and the decision is due")
  func completed() {
    let (before, interval, member) = after(.completed, score: 7)
    #expect(member.state == .due)
    #expect((member.steps, member.age, member.intervals) == (before.steps + 10, before.age + 10, before.intervals + 1))
    #expect(member.checkpoint == interval.end)
    let published = Published(
      score: 7, startScore: 5, tie: 0, checkpoint: interval.end!, hyperparameters: before.hyperparameters,
      age: before.age + 10,
      sequence: interval.sequence)
    #expect(member.published == published)
  }

  @Test("A partial interval goes on from where it stopped, and what was published stays")
  func partial() {
    let (before, interval, member) = after(.partial, steps: 4)
    #expect(member.state == .ready)
    #expect((member.steps, member.age) == (before.steps + 4, before.age + 4))
    #expect(member.checkpoint == interval.end)
    #expect(member.published == before.published)
  }

  @Test(
    "Who diverged, cannot be trained or was given up has no score any more and is due",
    arguments: [Interval.Outcome.diverged, .invalid, .forfeited])
  func unscored(_ outcome: Interval.Outcome) {
    let (before, interval, member) = after(outcome)
    #expect(member.state == .due)
    #expect(member.published == nil)
    #expect(member.steps == before.steps + 10)
    #expect(member.age == before.age + (interval.end == nil ? 0 : 10))
    #expect(member.checkpoint == interval.end ?? before.checkpoint)
  }

  @Test("A member is done at its budget, however its last interval ended", arguments: Interval.Outcome.allCases)
  func doneAtTheBudget(_ outcome: Interval.Outcome) {
    guard outcome != .partial, outcome != .unscored else { return }
    let (_, _, member) = after(outcome, score: outcome == .completed ? 1 : nil, budget: 20)
    #expect(member.state == .done)
    #expect(member.steps == 20)
    #expect((member.published != nil) == (outcome == .completed))
  }

  @Test("An evaluation publishes a new score of the same model, and decides nothing")
  func evaluated() {
    let (before, _, member) = after(.completed, kind: .evaluate, score: 9)
    #expect(member.state == .ready)
    #expect((member.steps, member.age, member.checkpoint) == (before.steps, before.age, before.checkpoint))
    #expect(member.published?.score == 9)
    #expect(member.published?.checkpoint == before.checkpoint)
  }

  @Test("Only a completed interval with a score publishes", arguments: Interval.Outcome.allCases)
  func onlyCompletedPublishes(_ outcome: Interval.Outcome) {
    let member = population().members[0]
    let interval = Interval.example(of: member, sequence: 9, outcome: outcome, score: 3)
    let rules = population().rules
    #expect((rules.published(by: interval) != nil) == (outcome == .completed))
    #expect(rules.published(by: .example(of: member, sequence: 9, outcome: outcome, score: nil)) == nil)
  }

  @Test("Failed attempts add up until an interval ends or an engine starts")
  func failures() {
    var population = population()
    for sequence in 5...6 { population.apply(.attempt(.example(sequence: sequence, member: 1))) }
    population.apply(.attempt(.example(sequence: 7, member: 0)))
    #expect(population.members.map(\.failures) == [1, 2])
    population.apply(.event(Event(sequence: 8, .warning(""), at: 0)))
    #expect(population.members.map(\.failures) == [1, 2])
    population.apply(.interval(.example(of: population.members[1], sequence: 9, score: 1)))
    #expect(population.members.map(\.failures) == [1, 0])
    population.apply(.event(Event(sequence: 10, .started(folder: ""), at: 0)))
    #expect(population.members.map(\.failures) == [0, 0])
    #expect(population.sequence == 10)
  }

  @Test("A copy starts from the donor's model at its age, keeps its own steps, and has no score until it is scored")
  func inherited() {
    var population = population()
    population.apply(.interval(.example(of: population.members[1], sequence: 5, outcome: .diverged)))
    let before = population.members[1]
    let decision = decide(1, in: population)
    population.apply(.decision(decision))
    let (donor, member) = (population.members[0], population.members[1])
    #expect(decision.result.donor?.member == 0)
    #expect(member.state == .ready)
    #expect((member.checkpoint, member.age) == (donor.published?.checkpoint, donor.published!.age))
    #expect((member.steps, member.intervals, member.decisions) == (before.steps, before.intervals, 1))
    #expect(member.published == nil)
    #expect(member.hyperparameters == decision.hyperparameters)
    #expect(donor.published?.score == 5)
  }

  @Test("A fresh start has no model and age 0 but keeps its steps; a failed member is out")
  func freshAndFailed() {
    var population = population()
    let results: [(Int, Decision.Result, Member.State)] = [(5, .fresh, .ready), (6, .fail, .failed)]
    for (sequence, result, state) in results {
      var decision = decide(0, in: population)
      decision.sequence = sequence
      decision.result = result
      population.apply(.decision(decision))
      let member = population.members[0]
      #expect(member.state == state)
      #expect((member.steps, member.age, member.checkpoint) == (10, 0, nil))
      #expect(member.published == nil)
    }
    #expect(population.scoredCount == 0)
    #expect(!population.isFinished)
  }

  @Test(
    "A member is ready an interval later, or at the end of its budget",
    arguments: [(0, 10), (10, 20), (95, 100), (100, 100)])
  func ready(_ steps: Int, _ next: Int) {
    #expect(Rules.example(steps: 100).nextReady(after: steps) == next)
  }

  @Test("A member refers to the model it starts from and to the one it published")
  func references() {
    let (before, interval, member) = after(.partial, steps: 4)
    #expect(member.references == [interval.end!, before.published!.checkpoint])
    #expect(population().members[1].references.isEmpty)
  }
}
