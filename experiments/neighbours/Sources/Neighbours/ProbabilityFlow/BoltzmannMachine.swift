import Foundation

/// A deep Boltzmann machine of binary units: visible x, hidden h1 with links among themselves, and hidden h2,
///
///     log p(x, h1, h2) = aᵀx + bᵀh1 + cᵀh2 + h1ᵀ W1 x + h2ᵀ W2 h1 + ½ h1ᵀ L h1 - log Z
///
/// (arXiv 1711.07732, section 2). The authors' code trains each pair of layers as a machine of its own, with two biases
/// for a layer between; this is the joint energy of the paper, with one.
public struct BoltzmannMachine: Sendable, Codable, Equatable {
  /// The numbers of units.
  public struct Shape: Sendable, Codable, Equatable {
    /// Units of x, h1 and h2; without h2 and links the machine is restricted.
    public var visible, first, second: Int
    /// Whether h1 has links among its units.
    public var hasLinks: Bool

    /// So many units.
    public init(visible: Int = 64, first: Int = 12, second: Int = 8, hasLinks: Bool = true) {
      (self.visible, self.first, self.second, self.hasLinks) = (visible, first, second, hasLinks)
    }
  }

  /// The numbers of units.
  public let shape: Shape
  /// W1 (h1 x visible), W2 (h2 x h1) and L (h1 x h1, symmetric, zero on the diagonal).
  public var first, second, links: Matrix
  /// a, b and c.
  public var visibleBias, firstBias, secondBias: [Float]

  /// A machine of small random weights, deviation 1 / sqrt(visible units x h1 units), which expects each pixel as often
  /// as the data show it.
  public init(shape: Shape, pixelMeans: [Float], deviation: Double? = nil, random: inout NamedStream) {
    self.shape = shape
    let scale = deviation ?? 1 / Double(shape.visible * shape.first).squareRoot()
    func drawn(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(rows: rows, columns: columns) { _, _ in Float(scale * random.normal()) }
    }
    first = drawn(shape.first, shape.visible)
    second = drawn(shape.second, shape.first)
    let half = drawn(shape.first, shape.first)
    links = Matrix(rows: shape.first, columns: shape.first) { row, column in
      shape.hasLinks && row != column ? half[max(row, column), min(row, column)] : 0
    }
    visibleBias = pixelMeans.map { mean in
      let bounded = min(max(mean, 0.01), 0.99)
      return log(bounded / (1 - bounded))
    }
    firstBias = [Float](repeating: 0, count: shape.first)
    secondBias = [Float](repeating: 0, count: shape.second)
  }

  /// The states of a batch, a row each.
  public struct States: Sendable {
    /// x, h1 and h2: batch x units.
    public var visible, first, second: Matrix

    /// Some of the states.
    public func gathered(_ rows: ArraySlice<Int>) -> States {
      States(visible: visible.gathered(rows), first: first.gathered(rows), second: second.gathered(rows))
    }
  }

  /// What each unit receives from the others and its bias: the log odds that it is 1, given the others.
  public func fields(_ states: States) -> States {
    var result = States(visible: states.first.times(first), first: firstField(states), second: secondField(states))
    result.visible.addToRows(visibleBias)
    return result
  }

  /// The field of h1.
  func firstField(_ states: States) -> Matrix {
    var field = states.visible.timesTransposed(first)
    field.combine(states.second.times(second)) { $0 + $1 }
    if shape.hasLinks { field.combine(states.first.times(links)) { $0 + $1 } }
    field.addToRows(firstBias)
    return field
  }

  /// The field of h2.
  func secondField(_ states: States) -> Matrix {
    var field = states.first.timesTransposed(second)
    field.addToRows(secondBias)
    return field
  }
}
