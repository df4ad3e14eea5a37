import Foundation
import Poptrain
import PopulationBasedTraining
import Synchronization

/// Follows a target that depends on a hyperparameter, deterministic in (state, values, seed); can be kept in a folder.
struct Follower: Savable {
  var position: Double
  var trained = 0

  init(_ interval: TrainingInterval) {
    position = Double(interval.seed % 1000) / 1000
  }

  mutating func train(_ interval: TrainingInterval) throws {
    guard trained == interval.steps.lowerBound else { throw Failure(message: "trained \(trained)") }
    for _ in interval.steps {
      position += interval["rate"] * (1 - position) + Double(interval.seed % 97) / 1e4
      trained += 1
    }
    interval.log(["half": position / 2], age: trained)
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    ["error": abs(1 - position), "trained": Double(trained)]
  }

  mutating func load(from folder: String) throws {
    let text = try String(contentsOfFile: folder + "/follower", encoding: .utf8).split(separator: " ")
    position = Double(text[0]) ?? .nan
    trained = Int(text[1]) ?? -1
  }

  func save(to folder: String) throws {
    try "\(position) \(trained)".write(toFile: folder + "/follower", atomically: false, encoding: .utf8)
  }

  static func rules(_ order: Rules.Order = .synchronous, members: Int = 5, intervals: Int = 6) -> Rules {
    Rules(
      seed: 7, populationSize: members, steps: intervals * 10, interval: 10, metric: "error", mode: .min, order: order,
      space: Space([Hyperparameter("rate", .logUniform(1e-4, 0.5))]))
  }
}

struct Failure: Error, CustomStringConvertible {
  var message: String
  var description: String { message }
}

extension TrainedPopulation {
  var intervals: [Interval] {
    history.compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
  }

  var attempts: [Attempt] {
    history.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
  }

  /// What happened, in order, but for times, names of workers and tokens.
  var story: [String] {
    history.compactMap { record in
      switch record {
      case .interval(let interval):
        "\(interval.member) trained \(interval.number) from \(interval.startAge) to \(interval.endAge) "
          + "under \(interval.hyperparameters) by \(interval.seed): \(interval.score ?? .nan)"
      case .decision(let decision):
        "\(decision.member) decided \(decision.result.name) \(decision.result.donor?.member ?? -1) "
          + "\(decision.hyperparameters)"
      default: nil
      }
    }
  }
}

/// A folder that is removed at the end.
final class Folder: Sendable {
  let path = NSTemporaryDirectory() + "in-process-\(UUID().uuidString)"

  deinit {
    // What is published is read-only.
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for name in names {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
