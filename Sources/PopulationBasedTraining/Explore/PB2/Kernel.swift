/// The covariance of the gains of two intervals, and how noisy a gain is.
///
/// PB2 (Parker-Holder et al. 2020, section 4) has for numbers the squared exponential kernel times a factor that forgets,
///
///     k₁ = variance · exp(−‖x − x'‖² / lengthScale) · (1 − ε)^(|t − t'| / 2),
///
/// where t counts intervals. With choices PB2-Mix (Parker-Holder et al. 2021, section 4) adds a kernel of the part of
/// the categories that are equal, and mixes sum and product of the two:
///
///     k₂ = categoryVariance · overlap · (1 − ε₂)^(|t − t'| / 2)
///     k  = (1 − mixture) · (k₁ + k₂) / 2 + mixture · k₁ · k₂.
///
/// There is one length scale for all numbers, as in the published code: one for each would be more than a few dozen
/// intervals can tell.
struct Kernel: Hashable, Sendable {
  var variance = 1.0
  var lengthScale = 1.0
  /// −ln(1 − ε), per interval. ε is 0.1 in the published code before it is fitted.
  var forgetting = -logarithm(0.9)
  /// The variance of a gain that its point does not explain.
  var noise = 1.0
  var categoryVariance = 1.0
  /// −ln(1 − ε₂), per interval.
  var categoryForgetting = -logarithm(0.9)
  var mixture = 0.5

  /// The covariance of two intervals, noise left out.
  func covariance(_ separation: Separation) -> Double {
    let numeric = numericPart(separation)
    guard let overlap = separation.overlap else { return numeric }
    let categorical = categoricalPart(overlap, separation.elapsed)
    return (1 - mixture) * 0.5 * (numeric + categorical) + mixture * numeric * categorical
  }

  /// The covariances of observed gains as a flat matrix, its lower triangle filled.
  func covariances(_ separations: Separations) -> [Double] {
    let count = separations.count
    var matrix = [Double](repeating: 0, count: count * count)
    var pair = 0
    for row in 0..<count {
      for column in 0...row {
        matrix[row * count + column] = covariance(separations.pairs[pair])
        pair += 1
      }
      matrix[row * count + row] += noise
    }
    return matrix
  }

  /// Adds the derivatives of a covariance to the parameters of `gradient`, times a weight.
  func addDerivatives(of separation: Separation, times weight: Double, to gradient: inout Kernel) {
    let numeric = numericPart(separation)
    var byNumeric = weight
    if let overlap = separation.overlap {
      let categorical = categoricalPart(overlap, separation.elapsed)
      byNumeric = weight * ((1 - mixture) * 0.5 + mixture * categorical)
      let byCategorical = weight * ((1 - mixture) * 0.5 + mixture * numeric) * categorical
      gradient.categoryVariance += byCategorical / categoryVariance
      gradient.categoryForgetting -= byCategorical * 0.5 * separation.elapsed
      gradient.mixture += weight * (numeric * categorical - 0.5 * (numeric + categorical))
    }
    let scaled = byNumeric * numeric
    gradient.variance += scaled / variance
    gradient.lengthScale += scaled * separation.squaredDistance / (lengthScale * lengthScale)
    gradient.forgetting -= scaled * 0.5 * separation.elapsed
  }

  private func numericPart(_ separation: Separation) -> Double {
    variance * exponential(-0.5 * forgetting * separation.elapsed - separation.squaredDistance / lengthScale)
  }

  private func categoricalPart(_ overlap: Double, _ elapsed: Double) -> Double {
    categoryVariance * overlap * exponential(-0.5 * categoryForgetting * elapsed)
  }
}
