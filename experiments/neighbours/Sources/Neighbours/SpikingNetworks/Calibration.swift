import Foundation

/// The quality of predicted probabilities of classes. All are NaN if a predicted probability is NaN.
public struct Calibration: Sendable, Equatable {
  /// The share of rows in which the most probable class is right.
  public var accuracy: Double
  /// The mean of -log p of the right class, in nats.
  public var negativeLogLikelihood: Double
  /// The expected calibration error with ten bins: the mean distance between confidence and accuracy (Guo et al., arXiv
  /// 1706.04599, equation 3).
  public var calibrationError: Double

  /// Compares probabilities (rows x classes) with the right classes.
  public init(_ probabilities: Matrix, labels: [Int]) {
    var (right, loss) = (0, 0.0)
    var bins = [(right: Int, confidence: Double)](repeating: (0, 0), count: 10)
    for (row, found) in probabilities.largestColumns().enumerated() {
      let confidence = Double(probabilities[row, found])
      guard !confidence.isNaN else {
        (accuracy, negativeLogLikelihood, calibrationError) = (.nan, .nan, .nan)
        return
      }
      let bin = min(Int(confidence * 10), 9)
      bins[bin].confidence += confidence
      if found == labels[row] {
        right += 1
        bins[bin].right += 1
      }
      loss -= log(max(Double(probabilities[row, labels[row]]), 1e-12))
    }
    let count = Double(labels.count)
    accuracy = Double(right) / count
    negativeLogLikelihood = loss / count
    calibrationError = bins.reduce(0) { $0 + abs(Double($1.right) - $1.confidence) } / count
  }
}
