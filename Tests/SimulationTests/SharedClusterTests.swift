import PopulationBasedTraining
import PoptrainSimulation
import Testing

@Suite struct SharedClusterTests {
  private func cluster(_ log: SharedCluster.LogTimes, seconds: Double = 10) -> SharedCluster {
    let rules = Rules(
      populationSize: 12, steps: 30, interval: 10, mode: .max, space: Space([Hyperparameter("x", .uniform(0, 1))]))
    return SharedCluster(
      rules: rules, processes: 3, workersPerProcess: 2, times: .skewed(mean: seconds, spread: 0.5), log: log)
  }

  @Test func `Where the log takes no time, no process is too late, and workers only wait for members`() {
    let load = cluster(.init(list: 0, read: 0, create: 0)).run(seed: 1)
    #expect(load.intervals == 12 * 3)
    #expect(load.conflicts == 0)
    #expect(load.answers.allSatisfy { $0 == 0 })
    // Each interval is completed in an entry, and each worker begins in one at most.
    #expect((12 * 3...12 * 3 + 30).contains(load.appends))
    #expect(load.reads > 0 && load.lists > 0 && load.beats > 0)
  }

  @Test func `Processes that create at the same time are in each other's way, and nothing is lost`() {
    let load = cluster(.init(list: 0.1, read: 0.1, create: 0.5), seconds: 2).run(seed: 1)
    #expect(load.intervals == 12 * 3)
    #expect(load.conflicts > 5)
    #expect(load.answers.min() ?? 0 >= 0.5)
    #expect(load.answers.max() ?? 0 > 1)
  }

  @Test func `The same seed comes to the same load`() {
    let cluster = cluster(.init(list: 0.01, read: 0.01, create: 0.05))
    let loads = [3, 3, 4].map { cluster.run(seed: $0) }
    #expect(loads[0].training == loads[1].training && loads[0].answers == loads[1].answers)
    #expect(loads[0].training != loads[2].training)
  }
}
