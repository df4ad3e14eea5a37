/// The decomposition of a tensor that is symmetric in its last two modes into rank-one terms, Σ_i a_i ⊗ b_i ⊗ b_i.
///
/// It is found by alternating least squares (Kolda and Bader, "Tensor decompositions and applications", SIAM Review 51,
/// 2009, figure 3.3) from several random starts. Whitening and tensor power iterations, as in the paper (arXiv
/// 1603.00954), need a positive definite contraction of the tensor, and output weights of both signs do not give one.
public struct AlternatingLeastSquares: Sendable {
  /// The number of terms.
  public var rank: Int
  /// The number of random starts, at least 1. The one with the smallest residual is kept.
  public var starts: Int
  /// The number of rounds of each start, at least 1. A round solves for both input factors once.
  public var rounds: Int

  /// The factors, flat by rows.
  public struct Factors: Sendable, Equatable {
    /// a_i, rank x outputs.
    public var first: [Double]
    /// b_i, rank x inputs, with rows of length 1.
    public var second: [Double]
    /// The squared distance between the tensor and the sum of the terms.
    public var residual: Double
  }

  /// A decomposition into `rank` terms.
  public init(rank: Int, starts: Int, rounds: Int) {
    (self.rank, self.starts, self.rounds) = (rank, starts, rounds)
  }

  /// Decomposes a tensor.
  ///
  /// - Parameters:
  ///   - tensor: flat, outputs x inputs x inputs.
  ///   - sides: the numbers of outputs and inputs.
  ///   - random: the stream that draws the starts.
  public func decompose(_ tensor: [Double], sides: (outputs: Int, inputs: Int), random: inout NamedStream) -> Factors {
    var best = fit(tensor, sides, &random)
    for _ in 1..<max(starts, 1) {
      let other = fit(tensor, sides, &random)
      if other.residual < best.residual { best = other }
    }
    return best
  }

  /// The result of one random start.
  private func fit(_ tensor: [Double], _ sides: (outputs: Int, inputs: Int), _ random: inout NamedStream) -> Factors {
    var b = (0..<rank * sides.inputs).map { _ in random.normal() }
    normalize(&b, sides.inputs)
    var c = b
    for _ in 0..<max(rounds, 1) {
      var a = outputFactor(tensor, sides, b, c)
      b = inputFactor(tensor, sides, a, c)
      normalize(&b, sides.inputs)
      a = outputFactor(tensor, sides, b, c)
      c = inputFactor(tensor, sides, a, b)
      normalize(&c, sides.inputs)
    }
    align(&b, with: c, sides.inputs)
    let a = outputFactor(tensor, sides, b, b)
    return Factors(first: a, second: b, residual: residual(tensor, sides, a, b))
  }

  /// Both input factors estimate the same vectors up to their signs. Replaces b by the mean of both, so that a, solved
  /// for again, has the right sign.
  private func align(_ b: inout [Double], with c: [Double], _ width: Int) {
    for i in 0..<rank {
      let dot = (0..<width).reduce(0) { $0 + b[i * width + $1] * c[i * width + $1] }
      for k in 0..<width { b[i * width + k] += (dot < 0 ? -1 : 1) * c[i * width + k] }
    }
    normalize(&b, width)
  }

  private func normalize(_ rows: inout [Double], _ width: Int) {
    for i in 0..<rank {
      let length = max(norm(rows[i * width..<(i + 1) * width]), 1e-300)
      for k in 0..<width { rows[i * width + k] /= length }
    }
  }

  /// The a_i of least squares for given b_i and c_i.
  private func outputFactor(
    _ tensor: [Double], _ sides: (outputs: Int, inputs: Int), _ b: [Double], _ c: [Double]
  ) -> [Double] {
    let width = sides.inputs
    var right = [Double](repeating: 0, count: rank * sides.outputs)
    for i in 0..<rank {
      for k in 0..<sides.outputs {
        var sum = 0.0
        for p in 0..<width {
          let row = (k * width + p) * width
          var part = 0.0
          for q in 0..<width { part += tensor[row + q] * c[i * width + q] }
          sum += part * b[i * width + p]
        }
        right[i * sides.outputs + k] = sum
      }
    }
    return solve(product(gram(b, width), gram(c, width)), right, sides.outputs)
  }

  /// The b_i of least squares for given a_i and c_i. By symmetry, also the c_i for given a_i and b_i.
  private func inputFactor(
    _ tensor: [Double], _ sides: (outputs: Int, inputs: Int), _ a: [Double], _ c: [Double]
  ) -> [Double] {
    let width = sides.inputs
    var right = [Double](repeating: 0, count: rank * width)
    for i in 0..<rank {
      for k in 0..<sides.outputs {
        let factor = a[i * sides.outputs + k]
        for p in 0..<width {
          let row = (k * width + p) * width
          var part = 0.0
          for q in 0..<width { part += tensor[row + q] * c[i * width + q] }
          right[i * width + p] += factor * part
        }
      }
    }
    return solve(product(gram(a, sides.outputs), gram(c, width)), right, width)
  }

  /// The products of each row with each other, rank x rank.
  private func gram(_ rows: [Double], _ width: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rank * rank)
    for i in 0..<rank {
      for j in 0..<rank {
        for k in 0..<width { result[i * rank + j] += rows[i * width + k] * rows[j * width + k] }
      }
    }
    return result
  }

  private func product(_ one: [Double], _ other: [Double]) -> [Double] {
    one.indices.map { one[$0] * other[$0] }
  }

  /// Solves the normal equations for each column of the right side, with a relative ridge of 1e-10.
  private func solve(_ matrix: [Double], _ right: [Double], _ width: Int) -> [Double] {
    var result = right
    let trace = (0..<rank).reduce(0) { $0 + matrix[$1 * rank + $1] }
    var loaded = matrix
    for i in 0..<rank { loaded[i * rank + i] += 1e-10 * trace + 1e-300 }
    guard let factor = Cholesky(loaded, order: rank) else { return result }
    for k in 0..<width {
      let solution = factor.solve((0..<rank).map { right[$0 * width + k] })
      for i in 0..<rank { result[i * width + k] = solution[i] }
    }
    return result
  }

  private func residual(
    _ tensor: [Double], _ sides: (outputs: Int, inputs: Int), _ a: [Double], _ b: [Double]
  ) -> Double {
    let width = sides.inputs
    var total = 0.0
    for k in 0..<sides.outputs {
      for p in 0..<width {
        for q in 0..<width {
          var rest = tensor[(k * width + p) * width + q]
          for i in 0..<rank { rest -= a[i * sides.outputs + k] * b[i * width + p] * b[i * width + q] }
          total += rest * rest
        }
      }
    }
    return total
  }
}
