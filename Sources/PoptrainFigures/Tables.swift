internal import PoptrainExperimentFile
internal import PoptrainText
internal import PopulationBasedTraining
internal import Foundation

extension Course {
  /// A number with four significant digits.
  package static func short(_ number: Double) -> String { String(format: "%.4g", number) }

  static func short(_ value: Value?) -> String {
    switch value {
    case .number(let number)?: short(number)
    case .some(let value): value.description
    case nil: ""
    }
  }

  /// The members, the best first.
  var membersTable: Figure.Table {
    let names = hyperparameters.map(\.name)
    let rows = ranking.map { line in
      let last = lines[line].stretches.last
      let lineage = lineage(ofLine: line).last
      let values = (last ?? lineage).map { stretches[$0].hyperparameters } ?? [:]
      return [
        "\(lines[line].member)", score(ofLine: line).map(Course.short) ?? "–",
        grouped(last.map { stretches[$0].steps.upperBound } ?? lines[line].startSteps),
        grouped(lineage.map { stretches[$0].ages.upperBound } ?? 0),
      ] + names.map { Course.short(values[$0]) }
    }
    return Figure.Table(
      "The members, the best first", ["member", experiment.metric, "steps", "age of its model"] + names, rows)
  }

  /// Every copy, in order.
  var copiesTable: Figure.Table {
    let rows = lines.compactMap { line -> [String]? in
      guard let parent = line.parent.map({ stretches[$0] }) else { return nil }
      return [
        "\(line.member)", "\(parent.member)", grouped(line.startSteps), grouped(parent.ages.upperBound),
        parent.score.map(Course.short) ?? "–",
        line.isCurrent || line.stretches.contains { isLiving[$0] } ? "yes" : "no",
      ]
    }
    return Figure.Table(
      "Every copy, in order",
      ["member", "copied", "after steps", "age of the copied model", experiment.metric, "lives on"], rows)
  }

  /// The values along the lineage of the best model, a row for each change.
  var scheduleTable: Figure.Table {
    let names = hyperparameters.map(\.name)
    var rows: [(from: Int, to: Int, member: Member.ID, values: [String], score: Double?)] = []
    for stretch in winner.map({ stretches[$0] }) {
      let values = names.map { Course.short(stretch.hyperparameters[$0]) }
      if let last = rows.last, last.values == values, last.member == stretch.member {
        (rows[rows.count - 1].to, rows[rows.count - 1].score) = (stretch.ages.upperBound, stretch.score)
      } else {
        rows.append((stretch.ages.lowerBound, stretch.ages.upperBound, stretch.member, values, stretch.score))
      }
    }
    return Figure.Table(
      "The schedule of the best model", ["steps", "member"] + names + [experiment.metric],
      rows.map { row in
        ["\(grouped(row.from)) to \(grouped(row.to))", "\(row.member)"] + row.values
          + [row.score.map(Course.short) ?? "–"]
      })
  }
}
