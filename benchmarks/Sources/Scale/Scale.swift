import Foundation
import PopulationBasedTraining
import Simulation

// What a large population asks of its store: 10,000 members on 1,000 workers, in virtual time. First the SQLite store is
// measured in a folder of the disk at hand, then the cluster is simulated with it and with others.

/// The times of 320 intervals of `examples/digits`, two workers on two cores: its 21 quantiles, in times of the mean.
let digits: [Double] = [
  0.41, 0.52, 0.61, 0.67, 0.72, 0.77, 0.81, 0.85, 0.88, 0.92, 0.96, 1.00, 1.04, 1.08, 1.13, 1.18, 1.24, 1.31, 1.40,
  1.55, 2.30,
]

@main struct Scale {
  static let members = 10_000
  static let workers = 1000
  static let intervals = 10

  static func rules(_ members: Int, order: Rules.Order = .asynchronous) -> Rules {
    Rules(
      populationSize: members, steps: 10 * intervals, interval: 10, mode: .max, order: order,
      space: Space([Hyperparameter("x", .logUniform(1e-4, 1)), Hyperparameter("y", .uniform(0, 1))]))
  }

  static func main() async throws {
    let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path
    var stores: [(name: String, times: StoreTimes)] = []
    for (name, isDurable) in [("SQLite, durable", true), ("SQLite, process", false)] {
      let times = try await StoreTimes.measured(
        in: folder, rules: rules(members), isDurable: isDurable, callers: workers, intervals: 20_000)
      stores.append((name, times))
      print("\(name): \(ms(times.commit)) for a commit, \(ms(times.transaction)) more for each interval in it")
    }
    var far = stores[0].times
    far.way = 0.001
    far.commit += 0.01

    print()
    row(
      "interval", "times", "order", "store", "intervals/s", "commits/s", "store busy", "answer ms, 99 of 100", "idle",
      "for the store", "calls in vain", "copied score's age", "lead")
    let even = IntervalTimes.constant(1)
    let real = IntervalTimes(mean: 1, like: digits)
    let skewed = IntervalTimes.skewed(mean: 1, spread: 1)
    for (kind, times) in [("equal", even), ("digits", real), ("skewed", skewed)] {
      for order in [Rules.Order.asynchronous, .synchronous] {
        run(kind, times, 10, order, stores[0])
      }
    }
    for seconds in [60, 1, 0.3, 0.1, 0.05] { run("digits", real, seconds, .asynchronous, stores[0]) }
    for seconds in [1, 0.3, 0.1, 0.05] { run("digits", real, seconds, .asynchronous, stores[1]) }
    for seconds in [10, 1, 0.3, 0.1] { run("digits", real, seconds, .asynchronous, ("far", far)) }
  }

  static func run(
    _ kind: String, _ times: IntervalTimes, _ seconds: Double, _ order: Rules.Order,
    _ store: (name: String, times: StoreTimes)
  ) {
    var times = times
    times.mean = seconds
    let rules = rules(members, order: order)
    let load = Cluster(rules: rules, workers: workers, times: times, store: store.times).run(seed: 1)
    let worked = load.seconds * Double(workers)
    let answers = load.answers.sorted()
    row(
      "\(seconds) s", kind, order == .asynchronous ? "async" : "sync", store.name,
      one(Double(load.intervals) / load.seconds), one(Double(load.commits) / load.seconds),
      percent(load.committing / load.seconds), one(1000 * answers[answers.count * 99 / 100]),
      percent(1 - load.training / worked), percent(load.answers.reduce(0, +) / worked), "\(load.vainCalls)",
      one(load.ages.sorted()[load.ages.count / 2]), one(load.leads.sorted()[load.leads.count / 2]))
  }

  static func row(_ cells: String...) { print("| " + cells.joined(separator: " | ") + " |") }
  static func ms(_ seconds: Double) -> String { "\((seconds * 1e6).rounded() / 1000) ms" }
  static func one(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
  static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
}
