import PopulationBasedTraining
import PoptrainSimulation

/// What many processes that share a log ask of it, in virtual time: a member for each worker, ten intervals of each.
///
/// How long a folder, a database and a bucket take for a request is assumed, not measured.
@main struct SharedScale {
  static let places: [(name: String, log: SharedCluster.LogTimes)] = [
    ("folder", .init(list: 0.001, read: 0.001, create: 0.005)),
    ("database", .init(list: 0.002, read: 0.002, create: 0.005)),
    ("bucket", .init(list: 0.03, read: 0.02, create: 0.05)),
  ]

  static func main() {
    print(
      "| place | workers | in processes | interval | entries/s | conflicts | answer, median | 99 of 100 below | waiting for it |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (name, log) in places {
      run(name, log, processes: 25, workers: 4, seconds: 10)
      run(name, log, processes: 25, workers: 4, seconds: 60)
    }
    for (name, log) in places { run(name, log, processes: 125, workers: 8, seconds: 60) }
  }

  static func run(_ name: String, _ log: SharedCluster.LogTimes, processes: Int, workers: Int, seconds: Double) {
    let all = processes * workers
    let rules = Rules(
      populationSize: all, steps: 100, interval: 10, mode: .max, order: .asynchronous,
      space: Space([Hyperparameter("x", .logUniform(1e-4, 1)), Hyperparameter("y", .uniform(0, 1))]))
    let times = IntervalTimes.skewed(mean: seconds, spread: 0.2)
    let load = SharedCluster(
      rules: rules, processes: processes, workersPerProcess: workers, times: times, log: log
    ).run(seed: 1)
    let answers = load.answers.sorted()
    let tries = load.appends + load.conflicts
    let cells = [
      name, "\(all)", "\(processes)", "\(seconds) s", rounded(Double(load.appends) / load.seconds),
      "\(percent(Double(load.conflicts) / Double(tries))) of attempts", ms(answers[answers.count / 2]),
      ms(answers[answers.count * 99 / 100]), percent(answers.reduce(0, +) / (load.training + answers.reduce(0, +))),
    ]
    print("| \(cells.joined(separator: " | ")) |")
    let each = 1 / Double(load.intervals)
    print(
      "  per interval: \(rounded(Double(tries) * each)) creations, \(rounded(Double(load.lists) * each)) lists, "
        + "\(rounded(Double(load.reads) * each)) reads, \(rounded(Double(load.beats) * each)) pulses")
    guard name == "bucket" else { return }
    // Dollars: Amazon S3, us-east-1, 2026.
    let cost = Double(tries + load.lists + load.beats) * 5e-6 + Double(load.reads) * 0.4e-6
    print("  $\(rounded(cost * each * 1e6)) for a million intervals, $\(rounded(cost / load.seconds * 3600)) an hour")
  }

  static func ms(_ seconds: Double) -> String { "\((seconds * 1e4).rounded() / 10) ms" }
  static func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
  static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10)%" }
}
