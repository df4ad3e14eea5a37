/// Student's t distribution.
///
/// Its tail is a regularised incomplete beta function, `I_x(ν/2, 1/2) / 2` with `x = ν / (ν + t²)` (Abramowitz and Stegun
/// 26.5.27). The gamma functions in it occur only as the ratio `Γ(a + 1/2) / Γ(a)`, which is computed as such: the
/// difference of two logarithms would lose its digits for many degrees of freedom.
struct StudentT: Sendable {
  /// At least 1; need not be whole.
  let degreesOfFreedom: Double

  init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom >= 1, "Student's t has at least 1 degree of freedom, not \(degreesOfFreedom)")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value above `t`. O(√ν).
  func upperTail(_ t: Double) -> Double {
    if t.isNaN { return .nan }
    guard t > 0 else { return t == 0 ? 0.5 : 1 - upperTail(-t) }
    let a = degreesOfFreedom / 2
    let root = t / degreesOfFreedom.squareRoot()
    // Of 1 + root², where the square may overflow.
    let logarithmOfSum = root > 1e8 ? 2 * logarithm(root) : logarithm(onePlus: root * root)
    let x = root > 1e8 ? 1 / root / root : 1 / (1 + root * root)
    let rest = root > 1e8 ? 1 : root * root / (1 + root * root)
    // x^a (1 - x)^(1/2) / B(a, 1/2)
    let factor = exponential(-a * logarithmOfSum) * rest.squareRoot() * gammaRatio(a) / Double.pi.squareRoot()
    return x < (a + 1) / (a + 2.5)
      ? factor / betaFraction(x, rest, a, 0.5) / 2
      : 0.5 - factor / betaFraction(rest, x, 0.5, a) / 2
  }

  /// The value above which lies this probability, in (0, 1/2]. O(√ν).
  func quantile(upperTail probability: Double) -> Double {
    precondition(probability > 0 && probability <= 0.5, "the tail is in (0, 1/2], not \(probability)")
    var low = 0.0
    var high = 1.0
    while upperTail(high) > probability, high < 1e300 { (low, high) = (high, high * 2) }
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return middle }
      if upperTail(middle) > probability { low = middle } else { high = middle }
    }
  }
}

/// The continued fraction that `x^a y^b / B(a, b)`, where `y = 1 - x`, is divided by to give the regularised incomplete
/// beta function; for `x < (a + 1) / (a + b + 2)`, where it converges in O(√max(a, b)) terms.
///
/// Didonato and Morris, "Algorithm 708", 1992, equation 9, by Lentz's method. It takes `y` by itself, since for many
/// degrees of freedom `x` is so close to 1 that the difference would have few digits.
private func betaFraction(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
  func denominator(_ m: Double) -> Double {
    m + m * (b - m) * x / (a + 2 * m - 1) + (a + m) * (a * y - b * x + 1 + m * (1 + y)) / (a + 2 * m + 1)
  }
  func numerator(_ m: Double) -> Double {
    let width = a + 2 * m - 1
    return (m * (a + m - 1) / width) * ((a + b + m - 1) / width) * (b - m) * x * x
  }
  var fraction = (a * y - b * x + 1) * a / (a + 1)
  var upper = fraction
  var lower = 0.0
  for term in 1...100_000 {
    let (numerator, denominator) = (numerator(Double(term)), denominator(Double(term)))
    lower = 1 / (denominator + numerator * lower)
    upper = denominator + numerator / upper
    fraction *= upper * lower
    if (upper * lower - 1).magnitude <= .ulpOfOne { break }
  }
  return fraction
}

/// `Γ(a + 1/2) / Γ(a)`.
private func gammaRatio(_ a: Double) -> Double {
  // Γ(a + 1/2) / Γ(a) = a / (a + 1/2) · Γ(a + 3/2) / Γ(a + 1), up to where the series is exact.
  var product = 1.0
  var shifted = a
  while shifted < 32 {
    product *= shifted / (shifted + 0.5)
    shifted += 1
  }
  let w = shifted - 0.25
  let square = 1 / (w * w)
  let series = 1 + square * (1 / 64 + square * (-19 / 8192 + square * (631 / 524_288 - square * 174_317 / 134_217_728)))
  return product * w.squareRoot() * series
}
