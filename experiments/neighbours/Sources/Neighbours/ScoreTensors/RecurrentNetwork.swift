/// An input-output recurrent network with quadratic units (arXiv 1603.00954):
///
///     h_t = (A1 x_t + U h_(t-1))²  elementwise,   E[y_t | h_t] = A2ᵀ h_t
///
/// Matrices are flat, by rows: `inputWeights` A1 is units x inputs, `recurrentWeights` U is units x units and
/// `outputWeights` A2 is units x outputs.
public struct RecurrentNetwork: Sendable, Equatable {
  /// The numbers of inputs, units and outputs.
  public struct Shape: Sendable, Equatable {
    /// d_x, d_h and d_y of the paper.
    public var inputs, units, outputs: Int

    /// A shape, by default that of the task.
    public init(inputs: Int = 8, units: Int = 4, outputs: Int = 4) {
      (self.inputs, self.units, self.outputs) = (inputs, units, outputs)
    }
  }

  /// The shape.
  public var shape: Shape
  /// A1, U and A2.
  public var inputWeights, recurrentWeights, outputWeights: [Double]

  /// The length of a row of A1. It is fixed, because only its product with the scale of A2 can be identified.
  public static let inputNorm = 0.5
  /// The value at which states are cut, because a badly estimated quadratic recurrence diverges.
  static let largestState = 10.0

  /// A network of given weights.
  public init(shape: Shape, inputWeights: [Double], recurrentWeights: [Double], outputWeights: [Double]) {
    self.shape = shape
    self.inputWeights = inputWeights
    self.recurrentWeights = recurrentWeights
    self.outputWeights = outputWeights
  }

  /// A random network. Rows of A1 have length 0.5; A2 is normal with variance 1 / units. The absolute values in a row
  /// of U sum to 0.25, with which chains of 200 steps do not diverge.
  public init(shape: Shape, random: inout NamedStream) {
    func rows(_ count: Int, _ width: Int, _ scaled: ([Double]) -> [Double]) -> [Double] {
      (0..<count).flatMap { _ in scaled((0..<width).map { _ in random.normal() }) }
    }
    self.shape = shape
    inputWeights = rows(shape.units, shape.inputs) { row in
      row.map { RecurrentNetwork.inputNorm * $0 / norm(row) }
    }
    recurrentWeights = rows(shape.units, shape.units) { row in
      let sum = row.reduce(0) { $0 + abs($1) }
      return row.map { 0.25 * $0 / sum }
    }
    outputWeights = rows(shape.units, shape.outputs) { row in row.map { $0 / Double(shape.units).squareRoot() } }
  }

  /// The expected outputs for a sequence of inputs, both flat by time. The state before the first is 0.
  public func outputs(for inputs: [Double]) -> [Double] {
    let (width, units, outputs) = (shape.inputs, shape.units, shape.outputs)
    let length = inputs.count / width
    var result = [Double](repeating: 0, count: length * outputs)
    var state = [Double](repeating: 0, count: units)
    var next = state
    for time in 0..<length {
      for unit in 0..<units {
        var sum = 0.0
        for k in 0..<width { sum += inputWeights[unit * width + k] * inputs[time * width + k] }
        for k in 0..<units { sum += recurrentWeights[unit * units + k] * state[k] }
        next[unit] = min(sum * sum, RecurrentNetwork.largestState)
      }
      swap(&state, &next)
      for unit in 0..<units {
        for k in 0..<outputs { result[time * outputs + k] += outputWeights[unit * outputs + k] * state[unit] }
      }
    }
    return result
  }
}

/// The Euclidean length of a vector.
func norm(_ vector: some Sequence<Double>) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
