import Foundation
import PopulationBasedTraining
import PoptrainSimulation

/// The tables of the study in Markdown.
struct Tables {
  private let study: Study
  /// What is known by now, by variant, task, members and steps.
  private var known: [[String]: [Trial.Outcome]] = [:]

  /// How many populations were trained.
  var populations: Int { known.count * study.seeds.count }

  init(_ study: Study) {
    self.study = study
  }

  private static let sizes = [4, 8, 16, 32, 64]
  private static let intervals = [5, 10, 20, 40, 80]
  private static let size = 16
  private static let interval = 20

  /// Where a population is trained: a column of a table.
  private struct Place {
    let title: String
    let task: StudyTask
    let size: Int
    let interval: Int
  }

  var text: String {
    mutating get async throws {
      var text = ""
      for task in StudyTask.all {
        text += "\n### The \(task.name)\n"
        let sizes = Self.sizes.map { Place(title: "\($0) members", task: task, size: $0, interval: Self.interval) }
        text += "\nBy the size of the population, with \(Self.interval) steps between decisions:\n\n"
        text += try await table(Variant.everyRule, sizes, \.schedule)
        let intervals = Self.intervals.map { Place(title: "\($0) steps", task: task, size: Self.size, interval: $0) }
        text += "\nBy the steps between decisions, with \(Self.size) members:\n\n"
        text += try await table(Variant.everyRule, intervals, \.schedule)
      }
      let tasks = StudyTask.all.map { Place(title: $0.name, task: $0, size: Self.size, interval: Self.interval) }
      text += "\n### The model itself\n\n"
      text += "The loss of the best model, with \(Self.size) members and \(Self.interval) steps between decisions:\n\n"
      text += try await table(Variant.everyRule, tasks, \.model)
      text += "\n### Settings of the default rules\n\nWith \(Self.size) members:\n\n"
      let settings = StudyTask.all.flatMap { task in
        [10, 20, 40].map { Place(title: "\(task.name), \($0) steps", task: task, size: Self.size, interval: $0) }
      }
      text += try await table(Variant.settings, settings, \.schedule)
      return text + "\n"
    }
  }

  private mutating func table(
    _ variants: [Variant], _ places: [Place], _ number: KeyPath<Trial.Outcome, Double>
  ) async throws -> String {
    var rows = [
      ["rule"] + places.map(\.title), ["---"] + places.map { _ in "---:" },
      ["*best constant*"] + places.map { "*\(format($0.task.constantRatio))*" },
      ["*greedy schedule*"] + places.map { "*\(format($0.task.ratio(of: $0.task.problem.greedySchedule)))*" },
    ]
    var random: [[Double]] = []
    for place in places { random.append(try await outcomes(.randomSearch, place).map { $0[keyPath: number] }) }
    for variant in variants {
      var row = [variant.name]
      for (column, place) in places.enumerated() {
        let values = try await outcomes(variant, place).map { $0[keyPath: number] }
        row.append(cell(values, constant: place.task.constantRatio, random: random[column]))
      }
      say(row.joined(separator: "  "))
      rows.append(row)
    }
    return rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private mutating func outcomes(_ variant: Variant, _ place: Place) async throws -> [Trial.Outcome] {
    let key = [variant.name, place.task.name, "\(place.size)", "\(place.interval)"]
    if let outcomes = known[key] { return outcomes }
    let outcomes = try await study.outcomes(place.task, variant, populationSize: place.size, interval: place.interval)
    known[key] = outcomes
    return outcomes
  }

  /// Bold where it is below the best constant, with a dagger where it is above random search with the same seeds, each
  /// with 95 % confidence.
  private func cell(_ values: [Double], constant: Double, random: [Double]) -> String {
    let estimate = Estimate(values)
    let text = "\(format(estimate.mean)) ± \(format(estimate.mean * (estimate.factor - 1)))"
    let isBelowConstant = estimate.mean * estimate.factor < constant
    let againstRandom = Estimate(zip(values, random).map { $0 / $1 })
    let isWorse = againstRandom.mean / againstRandom.factor > 1
    return (isBelowConstant ? "**\(text)**" : text) + (isWorse ? " †" : "")
  }

  private func format(_ number: Double) -> String {
    String(format: "%.2f", number)
  }
}
