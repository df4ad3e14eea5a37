/// How likely a kernel makes the gains that were observed (Rasmussen and Williams 2006, equations 2.30 and 5.9).
struct MarginalLikelihood: Sendable {
  /// The standardised gains.
  let targets: [Double]
  /// The points at which they were observed.
  let separations: Separations

  /// The logarithm of the likelihood and its derivatives by the parameters of the kernel.
  ///
  /// O(count³ / 2) multiplications and O(count²) exponentials.
  func evaluate(_ kernel: Kernel) -> (logarithm: Double, gradient: Kernel) {
    let count = targets.count
    let factor = Cholesky(kernel.covariances(separations), count: count)
    let weights = factor.solve(targets)
    let inverse = factor.inverse()

    var gradient = Kernel.zero
    var fit = 0.0
    var pair = 0
    for row in 0..<count {
      fit += targets[row] * weights[row]
      for column in 0..<row {
        let weight = weights[row] * weights[column] - inverse[row * count + column]
        kernel.addDerivatives(of: separations.pairs[pair], times: weight, to: &gradient)
        pair += 1
      }
      let weight = 0.5 * (weights[row] * weights[row] - inverse[row * count + row])
      kernel.addDerivatives(of: separations.pairs[pair], times: weight, to: &gradient)
      gradient.noise += weight
      pair += 1
    }
    return (-0.5 * (fit + factor.logDeterminant + Double(count) * logarithm(2 * .pi)), gradient)
  }
}

extension Kernel {
  fileprivate static let zero = Kernel(
    variance: 0, lengthScale: 0, forgetting: 0, noise: 0, categoryVariance: 0, categoryForgetting: 0, mixture: 0)
}
