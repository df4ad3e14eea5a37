/// The cross-moments of outputs and score functions of the inputs, kept as sums over samples.
///
/// With g and P minus the first and second derivative of the log density, the score functions are
///
///     S1 = g                      S2 = g gᵀ - P I
///     S3(a, b, c) = g1_a (g0_b g0_c - P00 δ_bc) - P10 (δ_ab g0_c + δ_ac g0_b)
///
/// where S3 is of first order in x_t and of second order in a neighbour in time. There g1 is the gradient at x_t, g0 that
/// at the neighbour, P00 is P at the neighbour, and P10 is minus the mixed second derivative. By Stein's identity (arXiv
/// 1603.00954; Janzamin, Sedghi and Anandkumar, arXiv 1412.2863) their products with the output are the expected
/// derivatives of the network:
///
///     E[y ⊗ S2(x_t)]             = 2 Σ_i  a2_i ⊗ a1_i ⊗ a1_i
///     E[y ⊗ S1(x_t) ⊗ S2(x_t-1)] = 4 Σ_ij U_ij a2_i ⊗ a1_i ⊗ a1_j ⊗ a1_j
///
/// The paper takes U from S4 of one input. With quadratic units this determines only the products U_ij U_ik, and 60,000
/// samples do not suffice even for these. The second line is linear in U, and its variance is far smaller.
public struct ScoreMoments: Sendable, Codable, Equatable {
  /// The neighbour in time of S3, and the density of the scores.
  public enum Direction: String, Sendable, Codable {
    /// The input before, with the density of the sequence up to x_t: for a network that runs forward. It has less
    /// variance.
    case forward
    /// The input before, with the density of the whole sequence: for a bidirectional network.
    case previous
    /// The input after, with the density of the whole sequence.
    case next
  }

  let inputs, outputs: Int
  let direction: Direction
  /// The number of samples, less what was forgotten.
  public private(set) var count = 0.0
  /// Sums of products, flat by rows: a row for each output, then one for the constant 1; a column for each distinct
  /// component of S2, then of S3, then one for the constant 1.
  @Packed private var sums: [Double]

  /// The number of samples whose products are summed in single precision before they are added to the sums.
  private static let chunk = 100

  /// Moments of no samples.
  public init(inputs: Int, outputs: Int, direction: Direction = .forward) {
    self.inputs = inputs
    self.outputs = outputs
    self.direction = direction
    sums = []
    sums = [Double](repeating: 0, count: (outputs + 1) * width)
  }

  /// The number of distinct components of a symmetric matrix, inputs x inputs.
  private var pairs: Int { inputs * (inputs + 1) / 2 }
  /// The number of columns of the sums.
  private var width: Int { pairs * (1 + inputs) + 1 }

  /// Adds the samples of a sequence.
  ///
  /// - Parameters:
  ///   - inputs: x, flat by time. The first and last two are used as neighbours only.
  ///   - targets: y, flat by time.
  ///   - process: the density of the inputs.
  ///   - clip: outputs are cut at this many standard deviations from their mean in this sequence.
  ///   - forgetting: the share of their weight that earlier samples lose, from 0 to 1.
  public mutating func add(
    inputs: [Double], targets: [Double], process: InputProcess, clip: Double, forgetting: Double
  ) {
    if forgetting > 0 {
      count *= 1 - forgetting
      for place in sums.indices { sums[place] *= 1 - forgetting }
    }
    let limits = (0..<outputs).map { clipping(targets, $0, clip) }
    let last = inputs.count / self.inputs - 2
    for start in stride(from: 2, to: last, by: ScoreMoments.chunk) {
      let times = start..<min(start + ScoreMoments.chunk, last)
      let cut = Matrix(rows: outputs + 1, columns: times.count) { k, time in
        guard k < outputs else { return 1 }
        return Float(min(max(targets[(times.lowerBound + time) * outputs + k], limits[k].low), limits[k].high))
      }
      let products = cut.times(scores(inputs, times, process))
      for k in 0...outputs {
        for (place, value) in products.row(k).enumerated() { sums[k * width + place] += Double(value) }
      }
      count += Double(times.count)
    }
  }

  /// The components of S2, then of S3, then a 1, with a row for each time.
  private func scores(_ inputs: [Double], _ times: Range<Int>, _ process: InputProcess) -> Matrix {
    let (width, pairs) = (self.inputs, self.pairs)
    let future = direction != .forward
    let neighbour = direction == .next ? 1 : -1
    let (precision, mixed) = (process.precision(future: true), Float(process.mixedPrecision))
    let samePrecision = Float(process.precision(future: future))
    var result = Matrix(rows: times.count, columns: self.width, repeating: 1)
    var (here, there) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
    inputs.withUnsafeBufferPointer { x in
      here.withUnsafeMutableBufferPointer { g1 in
        there.withUnsafeMutableBufferPointer { g0 in
          result.storage.withUnsafeMutableBufferPointer { target in
            for (row, time) in times.enumerated() {
              process.gradient(x, at: time, width: width, future: future, into: g1)
              process.gradient(x, at: time + neighbour, width: width, future: true, into: g0)
              let start = row * result.stride
              ScoreMoments.square(g0, Float(precision), target, start)
              // The place of S2 holds that of the neighbour until S3 is made of it.
              for a in 0..<width {
                let (to, factor) = (start + (1 + a) * pairs, g1[a])
                for pair in 0..<pairs { target[to + pair] = factor * target[start + pair] }
                for c in 0..<width {
                  let place = to + ScoreMoments.pair(min(a, c), max(a, c), width)
                  target[place] -= (a == c ? 2 : 1) * mixed * g0[c]
                }
              }
              ScoreMoments.square(g1, samePrecision, target, start)
            }
          }
        }
      }
    }
    return result
  }

  /// The upper triangle of g gᵀ - P I.
  @inline(__always)
  private static func square(
    _ g: UnsafeMutableBufferPointer<Float>, _ precision: Float, _ target: UnsafeMutableBufferPointer<Float>,
    _ start: Int
  ) {
    var place = start
    for b in 0..<g.count {
      target[place] = g[b] * g[b] - precision
      for c in b + 1..<max(g.count, b + 1) { target[place + c - b] = g[b] * g[c] }
      place += g.count - b
    }
  }

  /// The place of component (b, c), b <= c, in an upper triangle.
  @inline(__always)
  private static func pair(_ b: Int, _ c: Int, _ width: Int) -> Int { b * width - b * (b - 1) / 2 + c - b }

  /// E[(y - E y) ⊗ S2(x_t)], flat: outputs x inputs x inputs. Subtracting the mean reduces the variance without a bias.
  public var secondMoment: [Double] { (0..<outputs).flatMap { symmetric($0, 0) } }

  /// E[(y - E y) ⊗ S1(x_t) ⊗ S2(neighbour)], flat: outputs x inputs x inputs x inputs.
  public var thirdMoment: [Double] {
    (0..<outputs).flatMap { k in (0..<inputs).flatMap { symmetric(k, (1 + $0) * pairs) } }
  }

  /// The moment of an output with the symmetric matrix whose components begin at a column.
  private func symmetric(_ k: Int, _ start: Int) -> [Double] {
    let total = max(count, 1)
    let mean = sums[(k + 1) * width - 1] / total
    return (0..<inputs * inputs).map { place in
      let (b, c) = (place / inputs, place % inputs)
      let column = start + ScoreMoments.pair(min(b, c), max(b, c), inputs)
      return (sums[k * width + column] - mean * sums[outputs * width + column]) / total
    }
  }

  /// The limits at which an output is cut.
  private func clipping(_ targets: [Double], _ k: Int, _ clip: Double) -> (low: Double, high: Double) {
    let column = stride(from: k, to: targets.count, by: outputs).map { targets[$0] }
    let mean = column.reduce(0, +) / Double(column.count)
    let reach = clip * (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)).squareRoot()
    return (mean - reach, mean + reach)
  }
}
