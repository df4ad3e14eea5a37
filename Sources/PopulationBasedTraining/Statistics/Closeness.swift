extension Double {
  /// Whether two numbers differ by no more than a share of the larger one. What is not finite is close to nothing.
  package func isClose(to other: Double, within share: Double) -> Bool {
    isFinite && other.isFinite && (self - other).magnitude <= share * Double.maximum(magnitude, other.magnitude)
  }
}
