import PopulationBasedTraining
import PoptrainSimulation
import Testing

@Suite struct ClusterTests {
  private static let perfect = StoreTimes(way: 0, commit: 0, transaction: 0)

  private func cluster(
    members: Int = 60, workers: Int = 20, order: Rules.Order = .asynchronous, times: IntervalTimes = .constant(10),
    store: StoreTimes = perfect, publishing: Double = 0
  ) -> Cluster {
    let rules = Rules(
      populationSize: members, steps: 50, interval: 10, mode: .max, order: order,
      space: Space([Hyperparameter("x", .uniform(0, 1))]))
    return Cluster(rules: rules, workers: workers, times: times, store: store, publishing: publishing)
  }

  @Test(arguments: [Rules.Order.asynchronous, .synchronous])
  func `Where the store takes no time and intervals are equal, workers are never idle`(order: Rules.Order) {
    let load = cluster(order: order).run(seed: 1)
    #expect(load.intervals == 60 * 5)
    #expect(abs(load.seconds - 3 * 5 * 10) < 1e-6)
    #expect(abs(load.training - load.seconds * 20) < 1e-6)
    #expect(!load.ages.isEmpty)
  }

  @Test func `Whoever waits for the last intervals does not keep asking`() {
    let load = cluster(times: .skewed(mean: 10, spread: 1)).run(seed: 1)
    #expect(load.intervals == 60 * 5)
    // Each of those that have nothing to train is told so once, and once that all is over.
    #expect(load.vainCalls <= 2 * 20)
  }

  @Test func `Calls that come while a commit is under way share the next`() {
    let slow = StoreTimes(way: 0.5, commit: 2, transaction: 0.25)
    let load = cluster(store: slow).run(seed: 1)
    #expect(load.transactions == 60 * 5 + 20)
    #expect(load.commits < load.transactions / 4)
    // To the store and back, and the commit of whoever was first.
    #expect(load.answers.min() == 0.5 + 2.25 + 0.5)
    #expect(load.seconds > 3 * 5 * 10 + 15 * 3)
  }

  @Test func `In synchronous order everybody waits for the slowest`() {
    let times = IntervalTimes.skewed(mean: 10, spread: 1)
    let (free, bound) = (cluster(times: times).run(seed: 1), cluster(order: .synchronous, times: times).run(seed: 1))
    #expect(bound.intervals == free.intervals)
    #expect(bound.seconds > 1.5 * free.seconds)
    #expect(bound.leads.allSatisfy { $0 == 0 })
  }

  @Test func `The same seed comes to the same load`() {
    let store = StoreTimes(way: 0.01, commit: 0.1, transaction: 0.01)
    let cluster = cluster(times: .skewed(mean: 1, spread: 0.5), store: store)
    let loads = [3, 3, 4].map { cluster.run(seed: $0).seconds }
    #expect(loads[0] == loads[1] && loads[0] != loads[2])
  }

  @Test func `Times are drawn as they were recorded`() {
    let recorded = (1...99).map { Double($0 * $0) }
    let times = IntervalTimes(mean: 7, like: recorded)
    let load = cluster(members: 2000, workers: 100, times: times).run(seed: 1)
    let mean = load.training / Double(load.intervals)
    #expect(abs(mean - 7) < 0.3)
  }
}
