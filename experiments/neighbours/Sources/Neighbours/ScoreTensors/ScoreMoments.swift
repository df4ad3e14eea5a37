/// The cross-moments of outputs and score functions of the inputs: sums over samples, which are all that training
/// keeps.
///
/// With g and P minus the first and second derivative of the log density, the score functions are
///
///     S1 = g                      S2 = g gᵀ - P I
///     S3(a, b, c) = g1_a (g0_b g0_c - P00 δ_bc) - P10 (δ_ab g0_c + δ_ac g0_b)
///
/// where S3 is of first order in x_t and of second in a neighbour in time. Stein's identity (arXiv 1603.00954, section
/// 3; Janzamin, Sedghi and Anandkumar, arXiv 1412.2863, Theorem 6) makes their products with the output the expected
/// derivatives of the network:
///
///     E[y ⊗ S2(x_t)]             = 2 Σ_i  a2_i ⊗ a1_i ⊗ a1_i
///     E[y ⊗ S1(x_t) ⊗ S2(x_t-1)] = 4 Σ_ij U_ij a2_i ⊗ a1_i ⊗ a1_j ⊗ a1_j
///
/// The paper takes U from S4 of one input; with quadratic units that determines U U only, and with 60,000 samples not
/// even this. The second line is linear in U, and its variance is far smaller.
public struct ScoreMoments: Sendable, Codable, Equatable {
  /// Which neighbour in time the third-order score has, and with it which density counts.
  public enum Direction: Sendable, Codable {
    /// The input before, with the density of the sequence up to x_t: for a network that does not see the future.
    case forward
    /// The input before, with the density of the whole sequence: for a bidirectional network.
    case previous
    /// The input after, with the density of the whole sequence.
    case next
  }

  let inputs, outputs: Int
  let direction: Direction
  /// The weighted number of samples.
  public private(set) var count = 0.0
  /// Sums of products: a row for each output and one for a constant 1, a column for each different component of S2,
  /// then of S3, and one for a constant 1.
  @Packed private var sums: [Double]

  /// The samples whose scores are multiplied with the outputs at once, in single precision.
  private static let chunk = 100

  /// Sums over no samples.
  public init(inputs: Int, outputs: Int, direction: Direction = .forward) {
    self.inputs = inputs
    self.outputs = outputs
    self.direction = direction
    sums = []
    sums = [Double](repeating: 0, count: (outputs + 1) * width)
  }

  /// The different components of a symmetric matrix over the inputs.
  private var pairs: Int { inputs * (inputs + 1) / 2 }
  /// The columns of the sums.
  private var width: Int { pairs * (1 + inputs) + 1 }

  /// Adds the samples of a sequence.
  ///
  /// - Parameters:
  ///   - inputs: x, flat by time; the ends of the sequence only serve as neighbours.
  ///   - targets: y, flat by time.
  ///   - process: the density of the inputs.
  ///   - clip: outputs are cut at so many standard deviations from their mean in this sequence.
  ///   - forgetting: the weight that sums of earlier sequences lose.
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

  /// The components of S2, S3 and a 1, a row for each time.
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
              // S3 from the neighbour's S2, which its place is lent to.
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

  /// g gᵀ - P I, its upper triangle.
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

  /// The place of a component b <= c in an upper triangle.
  @inline(__always)
  private static func pair(_ b: Int, _ c: Int, _ width: Int) -> Int { b * width - b * (b - 1) / 2 + c - b }

  /// E[(y - E y) ⊗ S2(x_t)], flat: outputs x inputs x inputs. Subtracting the mean removes variance without a bias.
  public var secondMoment: [Double] { (0..<outputs).flatMap { symmetric($0, 0) } }

  /// E[(y - E y) ⊗ S1(x_t) ⊗ S2(neighbour)], flat: outputs x inputs x inputs x inputs.
  public var thirdMoment: [Double] {
    (0..<outputs).flatMap { k in (0..<inputs).flatMap { symmetric(k, (1 + $0) * pairs) } }
  }

  /// The moment of an output with the symmetric matrix that begins in a column.
  private func symmetric(_ k: Int, _ start: Int) -> [Double] {
    let total = max(count, 1)
    let mean = sums[(k + 1) * width - 1] / total
    return (0..<inputs * inputs).map { place in
      let (b, c) = (place / inputs, place % inputs)
      let column = start + ScoreMoments.pair(min(b, c), max(b, c), inputs)
      return (sums[k * width + column] - mean * sums[outputs * width + column]) / total
    }
  }

  private func clipping(_ targets: [Double], _ k: Int, _ clip: Double) -> (low: Double, high: Double) {
    let column = stride(from: k, to: targets.count, by: outputs).map { targets[$0] }
    let mean = column.reduce(0, +) / Double(column.count)
    let reach = clip * (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)).squareRoot()
    return (mean - reach, mean + reach)
  }
}
