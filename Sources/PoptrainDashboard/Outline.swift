internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PoptrainRuns
internal import PopulationBasedTraining

/// The scores of a run in short, for the first picture of a long one while its rows are on their way: how they are spread
/// along the age of the models, and the lineage of the best model. Exact: every interval counts.
struct Outline {
  /// The parts of the axis, about as many as a screen has pixels for it.
  private static let columns = 1024
  /// From the lowest to the highest: the range, the middle 80 %, the middle half, the median.
  private static let shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]

  private struct Column {
    var age = 0.0
    var scores: [Double] = []
  }

  let json: JSON

  /// - Parameter best: the row of the best model.
  init(_ tape: RunTape, best: Int?) {
    let rows = tape.rows
    let end = (0..<rows.count).reduce(Double(max(1, tape.run.experiment.rules.steps))) {
      max($0, rows.endAge.double($1))
    }
    var columns = [Column](repeating: Column(), count: Outline.columns + 1)
    for row in 0..<rows.count {
      let (age, score) = (rows.endAge.double(row), rows.score.double(row))
      // Differences of such as are drawn are finite.
      guard score.magnitude < 1e300 else { continue }
      let column = Int(age / end * Double(Outline.columns))
      columns[column].age = max(columns[column].age, age)
      columns[column].scores.append(score)
    }
    for column in columns.indices { columns[column].scores.sort() }
    columns.removeAll { $0.scores.isEmpty }
    let low = columns.compactMap(\.scores.first).min() ?? 0
    let high = columns.compactMap(\.scores.last).max() ?? 0
    json = .object([
      "intervals": .integer(rows.count), "end": .number(end), "low": .number(low), "high": .number(high),
      "tail": .number(
        Outline.tail(columns, from: tape.run.experiment.rules.mode == .max ? low : high, range: high - low)),
      "bands": .array(
        columns.map { column in
          let last = Double(column.scores.count - 1)
          let cuts = Outline.shares.map { JSON.number(column.scores[Int($0 * last + 0.5)]) }
          return .object(["x": .number(column.age), "at": .array(cuts)])
        }),
      "lineage": .array(Outline.lineage(rows, to: best)),
    ])
  }

  /// Where the worst twentieth of the scores ends on the way from the worst to the best, in thousandths.
  private static func tail(_ columns: [Column], from worst: Double, range: Double) -> Double {
    guard range > 0 else { return 0 }
    var counts = [Int](repeating: 0, count: 1001)
    for column in columns {
      for score in column.scores { counts[Int(abs(score - worst) / range * 1000)] += 1 }
    }
    let twentieth = counts.reduce(0, +) / 20
    var passed = 0
    return Double(
      counts.prefix { count in
        passed += count
        return passed <= twentieth
      }.count) / 1000
  }

  /// The age and the score of each model of a lineage, the oldest first.
  private static func lineage(_ rows: RunRows, to last: Int?) -> [JSON] {
    var line: [JSON] = []
    var row = last ?? -1
    while row >= 0 {
      let score = rows.score.double(row)
      if score.magnitude < 1e300 { line.append(.array([.number(rows.endAge.double(row)), .number(score)])) }
      row = rows.parent.integer(row)
    }
    return line.reversed()
  }
}
