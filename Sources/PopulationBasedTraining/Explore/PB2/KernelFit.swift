extension Kernel {
  /// The kernel that makes the observed gains most likely, within bounds.
  ///
  /// The likelihood has several maxima; a common one explains everything by noise. So the ascent starts from the values
  /// of the published code, and from the most likely of others that are drawn at random. The best result is taken.
  static func fitted(to points: [Point], _ targets: [Double], random: inout RandomStream) -> Kernel {
    let likelihood = MarginalLikelihood(targets: targets, separations: Separations(points))
    let axes = points.first?.categories.isEmpty == false ? Axis.all : Axis.numeric

    func unlikelihood(_ place: [Double]) -> (value: Double, gradient: [Double]) {
      let kernel = Kernel(at: place, axes)
      let (logarithm, gradient) = likelihood.evaluate(kernel)
      return (-logarithm, axes.map { -gradient[keyPath: $0.parameter] * $0.slope(at: kernel) })
    }

    let standard = axes.map { $0.unit(of: Kernel()[keyPath: $0.parameter]) }
    let drawn = (0..<draws).map { _ in
      let place = axes.map { _ in random.unit() }
      return (place: place, value: unlikelihood(place).value)
    }
    let starts = [standard] + drawn.sorted { $0.value < $1.value }.prefix(climbs).map(\.place)
    let ends = starts.map { UnitBoxMinimum(from: $0, iterations: iterations, unlikelihood) }
    let best = ends.min { $0.value < $1.value }
    return Kernel(at: best?.point ?? standard, axes)
  }

  private static let draws = 12
  private static let climbs = 3
  private static let iterations = 100

  private init(at place: [Double], _ axes: [Axis]) {
    self.init()
    for (axis, unit) in zip(axes, place) { self[keyPath: axis.parameter] = axis.value(at: unit) }
  }
}

/// A parameter of the kernel with its bounds, mapped to the unit interval.
private struct Axis: Sendable {
  let parameter: any WritableKeyPath<Kernel, Double> & Sendable
  let low: Double
  let high: Double
  let isLogarithmic: Bool

  /// The upper bounds of length scale and forgetting (ε ≤ 0.5) are those of the published code; without the first the model would
  /// believe too soon that it knows all of the box. Gains have variance 1, which bounds the others.
  static let numeric = [
    Axis(parameter: \.variance, low: 0.05, high: 10, isLogarithmic: true),
    Axis(parameter: \.lengthScale, low: 0.01, high: 1, isLogarithmic: true),
    Axis(parameter: \.forgetting, low: 0, high: logarithm(2), isLogarithmic: false),
    Axis(parameter: \.noise, low: 1e-4, high: 1, isLogarithmic: true),
  ]

  static let all =
    numeric + [
      Axis(parameter: \.categoryVariance, low: 0.05, high: 10, isLogarithmic: true),
      Axis(parameter: \.categoryForgetting, low: 0, high: logarithm(2), isLogarithmic: false),
      Axis(parameter: \.mixture, low: 0, high: 1, isLogarithmic: false),
    ]

  func unit(of value: Double) -> Double {
    isLogarithmic ? logarithm(value / low) / logarithm(high / low) : (value - low) / (high - low)
  }

  func value(at unit: Double) -> Double {
    min(isLogarithmic ? low * exponential(unit * logarithm(high / low)) : low + unit * (high - low), high)
  }

  /// The derivative of the value by its place in the unit interval.
  func slope(at kernel: Kernel) -> Double {
    isLogarithmic ? kernel[keyPath: parameter] * logarithm(high / low) : high - low
  }
}
