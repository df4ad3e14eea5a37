import Foundation

/// The optimizer Adam (Kingma and Ba, arXiv 1412.6980, Algorithm 1), with β1 = 0.9, β2 = 0.999 and ε = 1e-8.
///
/// With slope g of a parameter at step t, and moments m and v that start at 0,
///
///     m ← β1 m + (1 - β1) g      v ← β2 v + (1 - β2) g²
///     θ ← θ - rate · m / (1 - β1^t) / (√(v / (1 - β2^t)) + ε)
public struct Adam: Sendable, Codable, Equatable {
  /// m in the first row, v in the second.
  private var moments: Matrix
  private var steps = 0

  /// An optimizer of `count` parameters that has seen no gradient.
  public init(count: Int) {
    moments = Matrix(rows: 2, columns: count)
  }

  /// Moves parameters down a gradient.
  ///
  /// - Parameters:
  ///   - parameters: as many as the optimizer was made for. One whose slope is always 0 stays where it is.
  ///   - gradient: of the objective to minimize, a slope for each parameter.
  ///   - rate: the learning rate.
  public mutating func step(_ parameters: inout [Float], _ gradient: [Float], rate: Float) {
    precondition(
      parameters.count == moments.columns && gradient.count == moments.columns,
      "the optimizer is for \(moments.columns) parameters, not \(parameters.count) with \(gradient.count) slopes")
    steps += 1
    let (firstDecay, secondDecay): (Float, Float) = (0.9, 0.999)
    let corrected = rate / Float(1 - pow(0.9, Double(steps)))
    let correction = Float(1 / (1 - pow(0.999, Double(steps))).squareRoot())
    let second = moments.stride
    moments.storage.withUnsafeMutableBufferPointer { moments in
      parameters.withUnsafeMutableBufferPointer { parameters in
        gradient.withUnsafeBufferPointer { gradient in
          for place in parameters.indices {
            let slope = gradient[place]
            let mean = firstDecay * moments[place] + (1 - firstDecay) * slope
            let square = secondDecay * moments[second + place] + (1 - secondDecay) * slope * slope
            (moments[place], moments[second + place]) = (mean, square)
            parameters[place] -= corrected * mean / (square.squareRoot() * correction + 1e-8)
          }
        }
      }
    }
  }
}
