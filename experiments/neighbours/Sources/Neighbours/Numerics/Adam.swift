import Foundation

/// Adam (Kingma and Ba, arXiv 1412.6980, Algorithm 1): steps by the mean of the gradients over the root of the mean of
/// their squares.
public struct Adam: Sendable, Codable, Equatable {
  /// The mean of the gradients, and that of their squares: a row each.
  private var means: Matrix
  private var steps = 0

  /// Without any gradient yet, for so many parameters.
  public init(count: Int) {
    means = Matrix(rows: 2, columns: count)
  }

  /// Moves parameters down a gradient.
  ///
  /// - Parameters:
  ///   - parameters: as many as the optimizer was made for; where the gradient is always zero, they stay.
  ///   - gradient: of what is to become smaller.
  ///   - rate: the length of a step where the gradient is steady.
  public mutating func step(_ parameters: inout [Float], _ gradient: [Float], rate: Float) {
    steps += 1
    let (firstDecay, secondDecay): (Float, Float) = (0.9, 0.999)
    let corrected = rate / Float(1 - pow(0.9, Double(steps)))
    let correction = Float(1 / (1 - pow(0.999, Double(steps))).squareRoot())
    let second = means.stride
    means.storage.withUnsafeMutableBufferPointer { means in
      parameters.withUnsafeMutableBufferPointer { parameters in
        gradient.withUnsafeBufferPointer { gradient in
          for place in parameters.indices {
            let slope = gradient[place]
            let mean = firstDecay * means[place] + (1 - firstDecay) * slope
            let square = secondDecay * means[second + place] + (1 - secondDecay) * slope * slope
            (means[place], means[second + place]) = (mean, square)
            parameters[place] -= corrected * mean / (square.squareRoot() * correction + 1e-8)
          }
        }
      }
    }
  }
}
