import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct IntervalLengthTests {
  private func rules(_ interval: IntervalLength, steps: Int = 100) -> Rules {
    var rules = Rules.example(steps: steps)
    rules.interval = interval
    return rules
  }

  /// The moments at which a member is ready that always trains what it is asked for.
  private func moments(_ interval: IntervalLength, steps: Int = 100) -> [Int] {
    let rules = rules(interval, steps: steps)
    var moments: [Int] = []
    while (moments.last ?? 0) < steps { moments.append(rules.nextReady(after: moments.last ?? 0)) }
    return moments
  }

  @Test("Intervals have one length, change in a straight line, or follow a list whose last goes on")
  func lengths() {
    #expect(moments(30) == [30, 60, 90, 100])
    #expect(moments(.listed([50, 20, 10])) == [50, 70, 80, 90, 100])
    #expect(moments(.linear(from: 40, to: 10)) == [40, 68, 88, 100])
    #expect(moments(.linear(from: 10, to: 40)) == [10, 23, 40, 62, 91, 100])
  }

  @Test("From anywhere within an interval the next moment is the same, and as many are passed", arguments: 0..<100)
  func partsOfIntervalsMoveNothing(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let interval: IntervalLength = dice.pick([
      .every(dice.integer(1...40)), .linear(from: dice.integer(1...40), to: dice.integer(1...40)),
      .listed((0..<dice.integer(1...5)).map { _ in dice.integer(1...40) }),
    ])
    let rules = rules(interval)
    let moments = moments(interval)
    for steps in 0..<100 {
      #expect(rules.nextReady(after: steps) == moments.first { $0 > steps })
      #expect(rules.readyMoments(until: steps) == moments.count { $0 <= steps })
    }
    #expect(rules.intervalsPerMember == moments.count)
  }

  @Test("A member that stops within its interval does not decide before its end")
  func partsDecideNothing() {
    var population = Population(rules: rules(10))
    population.apply(.decision(initialDecision(0, in: population)))
    for (steps, state) in [(4, Member.State.ready), (6, .due), (12, .due), (5, .ready)] {
      let interval = Interval.example(
        of: population.members[0], sequence: population.sequence + 1, steps: steps, score: 1)
      population.apply(.interval(interval))
      #expect(population.members[0].state == state, "after \(population.members[0].steps) steps")
    }
  }

  @Test("An interval ends where a scheduled value changes, and has the value of its age")
  func schedulesEndIntervals() {
    let schedule = Schedule([(0, .number(1)), (15, .number(2)), (20, .number(3))])
    let rules = Rules.example(steps: 40, space: Space([Hyperparameter("rate", .scheduled(schedule))]))
    var population = Population(rules: rules)
    population.apply(.decision(initialDecision(0, in: population)))
    var seen: [(Int, Value?)] = []
    while let member = population.members.first, member.state != .done {
      let steps = rules.stepsOfNextInterval(of: member)
      seen.append((steps, rules.space.inForce(member.hyperparameters, at: member.age)["rate"]))
      population.apply(
        .interval(.example(of: member, sequence: population.sequence + 1, steps: steps, score: 1)))
    }
    #expect(seen.map(\.0) == [10, 5, 5, 10, 10])
    #expect(seen.map(\.1) == [1, 1, 2, 3, 3].map { .number($0) })
  }
}
