import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// The model of gains: against numpy and scipy, and what must hold of any Gaussian process.
@Suite struct GaussianProcessTests {
  @Test("There are references")
  func referencesAreFound() {
    #expect(PB2Reference.all.count == 5)
  }

  @Test("Gains are standardised and clipped as in the reference", arguments: PB2Reference.all)
  func targets(_ reference: PB2Reference) {
    #expect(zip(standardised(reference.gains), reference.targets).allSatisfy(agree))
  }

  @Test("Mean, variance with pending points, and bound are those of the reference", arguments: PB2Reference.all)
  func posterior(_ reference: PB2Reference) {
    let process = GaussianProcess(reference.kernel, reference.points, reference.targets, pending: reference.pending)
    let bound = UpperConfidenceBound(process, intervals: reference.points.count)
    for (position, point) in reference.at.enumerated() {
      let (mean, variance) = process.posterior(at: point)
      #expect(agree(mean, reference.mean[position]))
      #expect(agree(variance, reference.variance[position]))
      #expect(agree(bound.value(at: point), reference.bound[position]))
    }
  }

  @Test("The likelihood is that of the reference", arguments: PB2Reference.all)
  func likelihood(_ reference: PB2Reference) {
    #expect(agree(reference.likelihood.evaluate(reference.kernel).logarithm, reference.logLikelihood))
  }

  @Test("The likelihood's derivatives are those of central differences", arguments: PB2Reference.all)
  func gradient(_ reference: PB2Reference) {
    let (likelihood, kernel) = (reference.likelihood, reference.kernel)
    let gradient = likelihood.evaluate(kernel).gradient
    let parameters: [any WritableKeyPath<Kernel, Double> & Sendable] = [
      \.variance, \.lengthScale, \.forgetting, \.noise, \.categoryVariance, \.categoryForgetting, \.mixture,
    ]
    for parameter in parameters {
      func value(_ change: Double) -> Double {
        var moved = kernel
        moved[keyPath: parameter] += change
        return likelihood.evaluate(moved).logarithm
      }
      let step = 1e-5 * kernel[keyPath: parameter]
      let difference = (value(step) - value(-step)) / (2 * step)
      #expect(abs(gradient[keyPath: parameter] - difference) <= 1e-6 * (1 + abs(difference)), "\(parameter)")
    }
  }

  /// The mixed kernel has another maximum, 0.19 lower, which one stream in sixty ends in.
  @Test("The fitted kernel is as likely as the best that scipy finds, for any stream", arguments: PB2Reference.all)
  func fit(_ reference: PB2Reference) {
    for seed in UInt64(0)..<5 {
      var random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "fit")
      let kernel = Kernel.fitted(to: reference.points, reference.targets, random: &random)
      #expect(reference.likelihood.evaluate(kernel).logarithm > reference.bestLogLikelihood - 1e-3)
      #expect((0.01...1).contains(kernel.lengthScale) && (0...logarithm(2)).contains(kernel.forgetting))
      #expect((0.05...10).contains(kernel.variance) && (1e-4...1).contains(kernel.noise))
    }
  }

  @Test("A kernel fitted to gains of another order is the same up to rounding", arguments: PB2Reference.all)
  func permutation(_ reference: PB2Reference) {
    var dice = SeededGenerator(seed: 3)
    let order = reference.points.indices.shuffled(using: &dice)
    let points = order.map { reference.points[$0] }
    let targets = order.map { reference.targets[$0] }
    let shuffled = MarginalLikelihood(targets: targets, separations: Separations(points))
    #expect(agree(shuffled.evaluate(reference.kernel).logarithm, reference.logLikelihood))
    let process = GaussianProcess(reference.kernel, points, targets, pending: reference.pending)
    for (position, point) in reference.at.enumerated() {
      let (mean, variance) = process.posterior(at: point)
      #expect(abs(mean - reference.mean[position]) < 1e-10)
      #expect(agree(variance, reference.variance[position]))
    }
  }

  @Test("The variance is positive and at most the prior's, also at points observed many times", arguments: 0..<20)
  func variance(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let kernel = Kernel(
      variance: dice.real(0.05...10), lengthScale: dice.real(0.01...1), forgetting: dice.real(0...0.69), noise: 1e-4,
      categoryVariance: dice.real(0.05...10), mixture: dice.real(0...1))
    let distinct = (0..<6).map { _ in Point.random(&dice) }
    let points = distinct + distinct + distinct
    let targets = points.map { _ in dice.real(-2...2) }
    let process = GaussianProcess(kernel, points, targets, pending: distinct)
    for point in distinct + (0..<20).map({ _ in Point.random(&dice) }) {
      let (mean, variance) = process.posterior(at: point)
      #expect(mean.isFinite && abs(mean) < 100)
      #expect(variance > 0 && variance < kernel.covariance(Separation(point, point)))
    }
  }

  @Test("Without noise in the data the mean goes through it")
  func interpolation() {
    var dice = SeededGenerator(seed: 5)
    let points = (0..<8).map { _ in Point.random(&dice) }
    let targets = points.map { _ in dice.real(-2...2) }
    let process = GaussianProcess(Kernel(lengthScale: 0.05, noise: 1e-9), points, targets)
    for (point, target) in zip(points, targets) {
      #expect(abs(process.posterior(at: point).mean - target) < 1e-6)
    }
  }

  @Test("A pending point leaves every mean and lowers the variance, most at the point itself")
  func pending() {
    var dice = SeededGenerator(seed: 6)
    let points = (0..<8).map { _ in Point.random(&dice) }
    let targets = points.map { _ in dice.real(-2...2) }
    let waiting = Point.random(&dice)
    let without = GaussianProcess(Kernel(noise: 0.01), points, targets)
    let with = GaussianProcess(Kernel(noise: 0.01), points, targets, pending: [waiting])
    for point in (0..<20).map({ _ in Point.random(&dice) }) {
      #expect(with.posterior(at: point).mean == without.posterior(at: point).mean)
      #expect(with.posterior(at: point).variance <= without.posterior(at: point).variance)
    }
    #expect(with.posterior(at: waiting).variance < 0.05 * without.posterior(at: waiting).variance)
  }

  @Test("Nothing observed: the mean is zero and the variance the prior's")
  func nothingObserved() {
    var dice = SeededGenerator(seed: 7)
    let point = Point.random(&dice)
    let (mean, variance) = GaussianProcess(Kernel(), [], []).posterior(at: point)
    #expect(mean == 0)
    #expect(variance == Kernel().covariance(Separation(point, point)))
  }
}

extension Point {
  /// A point of three numbers and two choices.
  fileprivate static func random(_ dice: inout SeededGenerator) -> Point {
    Point(
      time: dice.real(0...20), numbers: (0..<3).map { _ in dice.real(0...1) },
      categories: (0..<2).map { _ in dice.integer(0...2) })
  }
}
