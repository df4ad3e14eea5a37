/// The estimate of a network from its moments: the algorithm GLOREE (arXiv 1603.00954) for quadratic units.
public struct Estimation: Sendable {
  /// The ridge of the least squares for U, relative to the mean of the diagonal of its normal equations.
  public var ridge: Double
  /// The random starts of the decomposition.
  public var starts: Int
  /// The rounds of each start.
  public var rounds: Int

  /// An estimation with these settings.
  public init(ridge: Double, starts: Int, rounds: Int) {
    (self.ridge, self.starts, self.rounds) = (ridge, starts, rounds)
  }

  /// The forward network: A1 and A2 from the decomposed second moment, U from the third.
  public func network(from moments: ScoreMoments, units: Int, random: inout NamedStream) -> RecurrentNetwork {
    let (a1, a2) = layers(from: moments, units: units, random: &random)
    let recurrent = coefficients(of: moments, a1, a2, units: units)
    return RecurrentNetwork(
      shape: .init(inputs: moments.inputs, units: units, outputs: moments.outputs), inputWeights: a1,
      recurrentWeights: recurrent, outputWeights: a2)
  }

  /// The bidirectional network (GLOREE-B): the second moment has a term for each forward and each backward unit. A unit
  /// runs forward if its coefficients in the third moment are larger with the input before than with the input after.
  ///
  /// - Returns: the rows of A1 and B1 in the order found, and for each the lengths of its coefficients with the input
  ///   before and after.
  public func bidirectional(
    previous: ScoreMoments, next: ScoreMoments, units: Int, random: inout NamedStream
  ) -> (inputWeights: [Double], sizes: [(previous: Double, next: Double)]) {
    let (a1, a2) = layers(from: previous, units: units, random: &random)
    let before = coefficients(of: previous, a1, a2, units: units)
    let after = coefficients(of: next, a1, a2, units: units)
    let sizes = (0..<units).map {
      (norm(before[$0 * units..<($0 + 1) * units]), norm(after[$0 * units..<($0 + 1) * units]))
    }
    return (a1, sizes)
  }

  /// A1 and A2. The second moment is 2 Σ_i a2_i ⊗ a1_i ⊗ a1_i, where the length of a1_i is fixed.
  private func layers(
    from moments: ScoreMoments, units: Int, random: inout NamedStream
  ) -> (inputWeights: [Double], outputWeights: [Double]) {
    let factors = AlternatingLeastSquares(rank: units, starts: starts, rounds: rounds).decompose(
      moments.secondMoment, sides: (moments.outputs, moments.inputs), random: &random)
    let length = RecurrentNetwork.inputNorm
    return (factors.second.map { length * $0 }, factors.first.map { $0 / (2 * length * length) })
  }

  /// U by rows: ridge regression of the third moment on the tensors 4 a2_i ⊗ a1_i ⊗ a1_j ⊗ a1_j.
  private func coefficients(of moments: ScoreMoments, _ a1: [Double], _ a2: [Double], units: Int) -> [Double] {
    let (width, outputs) = (moments.inputs, moments.outputs)
    func dot(_ rows: [Double], _ i: Int, _ j: Int, _ width: Int) -> Double {
      (0..<width).reduce(0) { $0 + rows[i * width + $1] * rows[j * width + $1] }
    }
    let count = units * units
    var normal = [Double](repeating: 0, count: count * count)
    for (row, column) in (0..<count * count).map({ ($0 / count, $0 % count) }) {
      let (i, j, k, l) = (row / units, row % units, column / units, column % units)
      let recurrent = dot(a1, j, l, width)
      normal[row * count + column] = 16 * dot(a2, i, k, outputs) * dot(a1, i, k, width) * recurrent * recurrent
    }
    let mean = (0..<count).reduce(0) { $0 + normal[$1 * count + $1] } / Double(count)
    for place in 0..<count { normal[place * count + place] += ridge * mean }

    let moment = moments.thirdMoment
    var right = [Double](repeating: 0, count: count)
    for i in 0..<units {
      var square = [Double](repeating: 0, count: width * width)
      for k in 0..<outputs {
        for a in 0..<width {
          let factor = 4 * a2[i * outputs + k] * a1[i * width + a]
          let start = (k * width + a) * width * width
          for place in square.indices { square[place] += factor * moment[start + place] }
        }
      }
      for j in 0..<units {
        for b in 0..<width {
          for c in 0..<width {
            right[i * units + j] += square[b * width + c] * a1[j * width + b] * a1[j * width + c]
          }
        }
      }
    }
    return solveSymmetric(normal, right)
  }
}
