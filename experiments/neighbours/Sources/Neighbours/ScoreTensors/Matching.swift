/// A matching of the units of an estimated network with those of the true one, and the errors under it. The order of
/// the units is arbitrary, and so is the sign of a row of A1, since (a x)² is even.
public struct Matching: Sendable {
  /// For each true row of A1, the matched row of the estimate.
  public let rows: [Int]
  /// For each true row, whether the matched row has the opposite sign.
  public let isFlipped: [Bool]

  /// Finds the permutation with the largest sum of absolute products of matched rows, by trying all: for up to about
  /// nine units. Both matrices are flat, units x `width`.
  public init(_ estimated: [Double], to truth: [Double], width: Int) {
    let count = truth.count / width
    func dot(_ i: Int, _ j: Int) -> Double {
      (0..<width).reduce(0) { $0 + truth[i * width + $1] * estimated[j * width + $1] }
    }
    var best: (rows: [Int], agreement: Double) = (Array(0..<count), -.infinity)
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
    isFlipped = best.rows.enumerated().map { dot($0, $1) < 0 }
  }

  /// The largest distance between a true row of A1 and its estimate, relative to the length of the true row.
  public func worstRowError(_ estimated: [Double], _ truth: [Double], width: Int) -> Double {
    rows.indices.map { i in
      let sign = isFlipped[i] ? -1.0 : 1.0
      let difference = (0..<width).map { truth[i * width + $0] - sign * estimated[rows[i] * width + $0] }
      return norm(difference) / norm(truth[i * width..<(i + 1) * width])
    }.max() ?? 0
  }

  /// The relative error of A2, units x `width`.
  public func outputError(_ estimated: [Double], _ truth: [Double], width: Int) -> Double {
    let difference = truth.indices.map { truth[$0] - estimated[rows[$0 / width] * width + $0 % width] }
    return norm(difference) / norm(truth)
  }

  /// The relative error of U. A flipped row of A1 flips the row of U too, since (a x + u h)² is even.
  public func recurrentError(_ estimated: [Double], _ truth: [Double]) -> Double {
    let units = rows.count
    let difference = truth.indices.map { place in
      let (i, j) = (place / units, place % units)
      return truth[place] - (isFlipped[i] ? -1 : 1) * estimated[rows[i] * units + rows[j]]
    }
    return norm(difference) / norm(truth)
  }
}
