import Foundation

/// The exact log-likelihood of a machine, by enumerating the 2^n states of h1. Given h1, all units of x and h2 are
/// independent, so that the sums over them are products:
///
///     log Z = logsumexp over h1 of [bᵀh1 + ½ h1ᵀ L h1 + Σ softplus(W2 h1 + c) + Σ softplus(W1ᵀ h1 + a)]
///
/// Practical for up to about 16 units in h1.
public struct ExactLikelihood: Sendable {
  private let machine: BoltzmannMachine
  /// exp(½ h1ᵀ L h1 + Σ softplus(W2 h1 + c)) for each state of h1, relative to the largest.
  private let weights: [Double]
  /// The logarithm of the largest.
  private let largest: Double
  /// log Z.
  public let logPartition: Double

  /// Enumerates h1. Bit i of a state is unit i.
  public init(_ machine: BoltzmannMachine) {
    precondition(machine.shape.first > 0, "the likelihood needs a unit in h1")
    self.machine = machine
    let units = machine.shape.first
    let count = 1 << units
    let logs = ExactLikelihood.hiddenTerms(machine)
    let top = logs.max() ?? 0
    largest = top
    weights = logs.map { exp($0 - top) }

    // e^f, with f the field of a visible unit, is a product over the lower and the upper half of the bits of a state.
    let low = units / 2
    let lower = ExactLikelihood.exponentials(machine, units: 0..<low, bias: true)
    let upper = ExactLikelihood.exponentials(machine, units: low..<units, bias: false)
    let visible = machine.shape.visible
    var terms = [Double](repeating: 0, count: count)
    lower.withUnsafeBufferPointer { lower in
      upper.withUnsafeBufferPointer { upper in
        for state in 0..<count {
          let (a, b) = ((state & (1 << low - 1)) * visible, (state >> low) * visible)
          var (product, sum) = (1.0, logs[state])
          for pixel in 0..<visible {
            let odds = lower[a + pixel] * upper[b + pixel]
            if odds < 1e100 {
              product *= 1 + odds
              if product > 1e150 {
                sum += log(product)
                product = 1
              }
            } else {
              // log(1 + e^f) is f.
              sum += log(lower[a + pixel]) + log(upper[b + pixel])
            }
          }
          for unit in 0..<units where state >> unit & 1 == 1 { sum += Double(machine.firstBias[unit]) }
          terms[state] = sum + log(product)
        }
      }
    }
    let peak = terms.max() ?? 0
    logPartition = peak + log(terms.reduce(0) { $0 + exp($1 - peak) })
  }

  /// The mean log-likelihood of images, a row each, in nats.
  public func mean(_ images: Matrix) -> Double {
    var fields = images.timesTransposed(machine.first)
    fields.addToRows(machine.firstBias)
    let units = machine.shape.first
    var total = 0.0
    var sums = weights
    for row in 0..<images.rows {
      var linear = 0.0
      for pixel in 0..<images.columns { linear += Double(images[row, pixel] * machine.visibleBias[pixel]) }
      // Σ over h1 of w(h1) Π e^(f_i h_i), one unit after the other: the sums for states with and without the last unit.
      // A field above the limit becomes a common factor of both, so that nothing overflows.
      let limit = 600 / Double(units)
      func odds(_ unit: Int) -> (off: Double, on: Double) {
        let field = Double(fields[row, unit])
        let excess = max(field - limit, 0)
        linear += excess
        return (exp(-excess), exp(field - excess))
      }
      sums.withUnsafeMutableBufferPointer { sums in
        weights.withUnsafeBufferPointer { weights in
          var half = weights.count / 2
          var (off, on) = odds(units - 1)
          for state in 0..<half { sums[state] = off * weights[state] + on * weights[state + half] }
          for unit in (0..<units - 1).reversed() {
            half /= 2
            (off, on) = odds(unit)
            for state in 0..<half { sums[state] = off * sums[state] + on * sums[state + half] }
          }
        }
      }
      total += linear + largest + log(sums[0])
    }
    return total / Double(images.rows) - logPartition
  }

  /// ½ h1ᵀ L h1 + Σ softplus(W2 h1 + c) for each state of h1.
  private static func hiddenTerms(_ machine: BoltzmannMachine) -> [Double] {
    let (units, above) = (machine.shape.first, machine.shape.second)
    return (0..<1 << units).map { state in
      let on = (0..<units).filter { state >> $0 & 1 == 1 }
      var sum = 0.0
      for (place, i) in on.enumerated() {
        for j in on[..<place] { sum += Double(machine.links[i, j]) }
      }
      for unit in 0..<above {
        sum += softplus(on.reduce(Double(machine.secondBias[unit])) { $0 + Double(machine.second[unit, $1]) })
      }
      return sum
    }
  }

  /// For each state of some units of h1, the exponential of their contribution to the field of each visible unit. It is
  /// cut at e^±700, where numbers end.
  private static func exponentials(_ machine: BoltzmannMachine, units: Range<Int>, bias: Bool) -> [Double] {
    (0..<1 << units.count).flatMap { state in
      (0..<machine.shape.visible).map { pixel in
        var field = bias ? Double(machine.visibleBias[pixel]) : 0
        for unit in units where state >> (unit - units.lowerBound) & 1 == 1 {
          field += Double(machine.first[unit, pixel])
        }
        return exp(min(max(field, -700), 700))
      }
    }
  }
}
