internal import PopulationBasedTraining

/// Many trials with the same seeds, so that they can be compared in pairs.
public struct Study: Sendable {
  /// The seeds, one for each population.
  public let seeds: Range<UInt64>
  /// How many populations are trained at once.
  public let width: Int

  /// Describes a study.
  public init(seeds: Range<UInt64>, width: Int) {
    self.seeds = seeds
    self.width = width
  }

  /// The outcomes of a task by seed.
  ///
  /// - Parameter interval: the steps between two decisions.
  public func outcomes(
    _ task: StudyTask, _ variant: Variant, populationSize: Int, interval: Int
  ) async throws -> [Trial.Outcome] {
    try await withThrowingTaskGroup(of: (UInt64, Trial.Outcome).self) { group in
      var waiting = seeds.makeIterator()
      func begin() {
        guard let seed = waiting.next() else { return }
        let trial = Trial(task, variant, populationSize: populationSize, interval: interval, seed: seed)
        group.addTask { (seed, try await trial.run()) }
      }
      for _ in 0..<width { begin() }
      var outcomes: [UInt64: Trial.Outcome] = [:]
      while let (seed, outcome) = try await group.next() {
        outcomes[seed] = outcome
        begin()
      }
      return seeds.compactMap { outcomes[$0] }
    }
  }
}

/// A geometric mean with the limits within which it lies with 95 % confidence.
public struct Estimate: Hashable, Sendable {
  /// The geometric mean.
  public let mean: Double
  /// By how much the limits are away from it: it lies between `mean / factor` and `mean * factor`.
  public let factor: Double

  /// Estimates the mean of numbers above zero, whose logarithms are taken as normally distributed; at least two.
  public init(_ values: [Double]) {
    guard let sample = Sample(values.map(logarithm)), let limits = sample.meanInterval(confidence: 0.95) else {
      preconditionFailure("an estimate needs two finite numbers or more")
    }
    mean = exponential(sample.mean)
    factor = exponential(limits.upperBound - sample.mean)
  }
}
