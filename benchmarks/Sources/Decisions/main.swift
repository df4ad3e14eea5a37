import PopulationBasedTraining

// What a decision costs in a population of a size: an interval is applied, the member decides, the decision is applied.

let clock = ContinuousClock()
print("members  µs per interval: median  99 of 100 below  most")
for size in [100, 1000, 10_000] {
  let rules = Rules(
    populationSize: size, steps: 1000, interval: 1, mode: .max,
    space: Space([Hyperparameter("x", .uniform(0, 1)), Hyperparameter("y", .uniform(0, 1))]))
  var population = Population(rules: rules)
  for member in 0..<size { population.apply(.decision(initialDecision(member, in: population))) }

  var random = SystemRandomNumberGenerator()
  var times: [Duration] = []
  for round in 1...max(3, 20_000 / size) {
    for id in 0..<size {
      let member = population.members[id]
      let score = Double.random(in: 0...1, using: &random)
      let end = CheckpointID(member: id, number: round, token: "0123456789abcdef")
      let interval = Interval(
        sequence: population.sequence + 1, member: id, number: round, kind: .train, outcome: .completed,
        start: member.checkpoint, end: end, startSteps: member.steps, steps: 1, startAge: member.age,
        hyperparameters: member.hyperparameters, score: score, selection: score, tie: random.next(),
        metrics: ["score": score], evaluations: [], seed: 0, token: nil, worker: "", message: nil, log: nil,
        startedAt: 0, finishedAt: 0)
      times.append(
        clock.measure {
          population.apply(.interval(interval))
          population.apply(.decision(decide(id, in: population)))
        })
    }
  }
  times.sort()
  let figures = [times.count / 2, times.count * 99 / 100, times.count - 1].map { index in
    (times[index] / .microseconds(1) * 10).rounded() / 10
  }
  print(size, figures[0], figures[1], figures[2])
}
