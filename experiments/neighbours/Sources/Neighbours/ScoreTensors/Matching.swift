/// How far an estimated network is from the true one, after the rows of A1 are matched: the units have no order, and a
/// quadratic unit does not know the sign of its row.
public struct Matching: Sendable, Equatable {
  /// For each true row, the estimated one.
  public let rows: [Int]
  /// Whether the sign of an estimated row is turned round.
  public let turned: [Bool]

  /// Matches rows so that the sum of the squared distances is least, by trying every permutation.
  public init(_ estimated: [Double], to truth: [Double], width: Int) {
    let count = truth.count / width
    func dot(_ i: Int, _ j: Int) -> Double {
      (0..<width).reduce(0) { $0 + truth[i * width + $1] * estimated[j * width + $1] }
    }
    var best: (rows: [Int], agreement: Double) = ([], -.infinity)
    func extend(_ chosen: [Int], _ agreement: Double) {
      guard chosen.count < count else {
        if agreement > best.agreement { best = (chosen, agreement) }
        return
      }
      for row in 0..<count where !chosen.contains(row) {
        extend(chosen + [row], agreement + abs(dot(chosen.count, row)))
      }
    }
    extend([], 0)
    rows = best.rows
    turned = best.rows.enumerated().map { dot($0, $1) < 0 }
  }

  /// The largest distance between a true row and its estimate, relative to the length of the true row.
  public func worstRowError(_ estimated: [Double], _ truth: [Double], width: Int) -> Double {
    rows.indices.map { i in
      let sign = turned[i] ? -1.0 : 1.0
      let difference = (0..<width).map { truth[i * width + $0] - sign * estimated[rows[i] * width + $0] }
      return norm(difference) / norm(truth[i * width..<(i + 1) * width])
    }.max() ?? 0
  }

  /// The relative error of A2, whose rows have the order of the units.
  public func outputError(_ estimated: [Double], _ truth: [Double], width: Int) -> Double {
    let difference = truth.indices.map { truth[$0] - estimated[rows[$0 / width] * width + $0 % width] }
    return norm(difference) / norm(truth)
  }

  /// The relative error of U. A row that is turned round turns the row of U too: (a x + u h)² is even.
  public func recurrentError(_ estimated: [Double], _ truth: [Double]) -> Double {
    let units = rows.count
    let difference = truth.indices.map { place in
      let (i, j) = (place / units, place % units)
      return truth[place] - (turned[i] ? -1 : 1) * estimated[rows[i] * units + rows[j]]
    }
    return norm(difference) / norm(truth)
  }
}
