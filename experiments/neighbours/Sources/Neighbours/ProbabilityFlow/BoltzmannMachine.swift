import Foundation

/// A deep Boltzmann machine of binary units: visible x, hidden h1 with links among themselves, and hidden h2,
///
///     log p(x, h1, h2) = aᵀx + bᵀh1 + cᵀh2 + h1ᵀ W1 x + h2ᵀ W2 h1 + ½ h1ᵀ L h1 - log Z
///
/// (arXiv 1711.07732). The authors' code (owen94/VPF) trains each pair of adjacent layers as a machine of
/// its own, so that a layer in the middle has two biases. Here one joint energy has one bias for each unit.
public struct BoltzmannMachine: Sendable, Codable, Equatable {
  /// The numbers of units.
  public struct Shape: Sendable, Codable, Equatable {
    /// The numbers of units of x, h1 and h2. With no unit in h2 and no links, the machine is restricted.
    public var visible, first, second: Int
    /// Whether units of h1 are linked to each other.
    public var hasLinks: Bool

    /// A shape, by default that of the task.
    public init(visible: Int = 64, first: Int = 12, second: Int = 8, hasLinks: Bool = true) {
      (self.visible, self.first, self.second, self.hasLinks) = (visible, first, second, hasLinks)
    }
  }

  /// The numbers of units.
  public let shape: Shape
  /// W1 (h1 x visible), W2 (h2 x h1) and L (h1 x h1, symmetric, zero on the diagonal).
  public var first, second, links: Matrix
  /// a.
  @Packed public var visibleBias: [Float]
  /// b.
  @Packed public var firstBias: [Float]
  /// c.
  @Packed public var secondBias: [Float]

  /// A machine of small random weights: normal, by default with standard deviation 1 / √(visible units · h1 units). The
  /// bias of each pixel is the log odds of its mean, cut to [0.01, 0.99].
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

  /// The states of the units, or numbers for each of them, for a batch of images.
  public struct States: Sendable {
    /// x, h1 and h2: batch x units.
    public var visible, first, second: Matrix

    /// The states of some of the images.
    public func gathered(_ rows: ArraySlice<Int>) -> States {
      States(visible: visible.gathered(rows), first: first.gathered(rows), second: second.gathered(rows))
    }
  }

  /// The field of each unit, the log odds that it is 1 given all other units.
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
