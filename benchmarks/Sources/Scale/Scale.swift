import Foundation
import PopulationBasedTraining
import PoptrainSimulation

/// What a large population asks of its store: 10,000 members on 1,000 workers, ten intervals each, in virtual time.
///
/// First the SQLite store is measured in a folder, the argument, of the disk at hand; then clusters with it, and with one that is
/// slower and far away, are simulated.
@main struct Scale {
  static let members = 10_000
  static let workers = 1000

  /// The quantiles of the 600 intervals of `examples/digits`, with two workers on two cores.
  static let digits = IntervalTimes(
    mean: 1,
    like: [
      0.73, 0.78, 0.80, 0.81, 0.82, 0.83, 0.85, 0.86, 0.88, 0.90, 0.93, 0.96, 1.01, 1.04, 1.07, 1.12, 1.18, 1.24, 1.31,
      1.41, 2.18,
    ])

  static func main() async throws {
    let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path
    let durable = try await measured("SQLite, durable", in: folder, isDurable: true)
    let process = try await measured("SQLite, process", in: folder, isDurable: false)
    var far = durable
    far.way = 0.001
    far.commit = 0.01
    print("far: 1 ms each way, 10 ms for a commit, the rest as SQLite, durable\n")

    print(
      "| interval | times | order | store | intervals/s | commits/s | answer, 99 of 100 below | idle | the store's part",
      "| told to wait | age of a copied score | lead of a copied model |")
    print("|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (kind, times) in [
      ("equal", IntervalTimes.constant(1)), ("digits", digits), ("skewed", .skewed(mean: 1, spread: 1)),
    ] {
      for order in [Rules.Order.asynchronous, .synchronous] { run(kind, times, 10, order, "durable", durable) }
    }
    for (name, store) in [("durable", durable), ("process", process), ("far", far)] {
      for seconds in [60, 1, 0.3, 0.1, 0.05] { run("digits", digits, seconds, .asynchronous, name, store) }
    }
  }

  static func rules(_ order: Rules.Order) -> Rules {
    Rules(
      populationSize: members, steps: 100, interval: 10, mode: .max, order: order,
      space: Space([Hyperparameter("x", .logUniform(1e-4, 1)), Hyperparameter("y", .uniform(0, 1))]))
  }

  static func measured(_ name: String, in folder: String, isDurable: Bool) async throws -> StoreTimes {
    let times = try await StoreTimes.measured(
      in: folder, rules: rules(.asynchronous), isDurable: isDurable, callers: workers, intervals: 20_000)
    print("\(name): \(ms(times.commit)) for a commit, \(ms(times.transaction)) more for each interval in it")
    return times
  }

  static func run(
    _ kind: String, _ times: IntervalTimes, _ seconds: Double, _ order: Rules.Order, _ name: String, _ store: StoreTimes
  ) {
    var times = times
    times.mean = seconds
    let load = Cluster(rules: rules(order), workers: workers, times: times, store: store).run(seed: 1)
    let available = load.seconds * Double(workers)
    let answers = load.answers.sorted()
    let cells = [
      "\(seconds) s", kind, order == .asynchronous ? "asynchronous" : "synchronous", name,
      rounded(Double(load.intervals) / load.seconds), rounded(Double(load.commits) / load.seconds),
      ms(answers[answers.count * 99 / 100]), percent(1 - load.training / available),
      percent(answers.reduce(0, +) / available), "\(load.vainCalls)", median(load.ages), median(load.leads),
    ]
    print("| " + cells.joined(separator: " | ") + " |")
  }

  static func ms(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100) ms" }
  static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
  static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
  static func median(_ values: [Double]) -> String { values.isEmpty ? "-" : rounded(values.sorted()[values.count / 2]) }
}
