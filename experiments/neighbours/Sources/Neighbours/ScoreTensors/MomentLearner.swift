/// A learner that estimates a network from moments. The value is the whole state of training and its checkpoint: sums
/// over samples and their number, no weights.
public struct MomentLearner: Sendable, Codable, Equatable {
  /// The hyperparameters.
  public struct Settings: Sendable {
    /// Outputs are cut at this many standard deviations from their mean. Infinity is unbiased.
    public var clip: Double
    /// The ridge on U, relative to the mean diagonal of the normal equations.
    public var ridge: Double
    /// The share of their weight that earlier samples lose with each block, from 0 to 1.
    public var forgetting: Double
    /// The random starts of the decomposition.
    public var starts: Int
    /// The rounds of each start.
    public var rounds: Int

    /// Settings, by default those of the checks, without clipping and forgetting.
    public init(
      clip: Double = .infinity, ridge: Double = 1e-3, forgetting: Double = 0, starts: Int = 10, rounds: Int = 60
    ) {
      (self.clip, self.ridge, self.forgetting, self.starts, self.rounds) = (clip, ridge, forgetting, starts, rounds)
    }
  }

  /// The moments of all samples so far.
  public private(set) var moments: ScoreMoments
  private let units: Int

  /// A learner that has seen no samples.
  public init(shape: RecurrentNetwork.Shape) {
    moments = ScoreMoments(inputs: shape.inputs, outputs: shape.outputs)
    units = shape.units
  }

  /// Adds a block of samples.
  public mutating func learn(_ block: (inputs: [Double], targets: [Double]), of task: TeacherTask, _ settings: Settings)
  {
    moments.add(
      inputs: block.inputs, targets: block.targets, process: task.process, clip: settings.clip,
      forgetting: settings.forgetting)
  }

  /// The network estimated from the moments; `seed` determines the starts of the decomposition.
  public func network(_ settings: Settings, seed: UInt64) -> RecurrentNetwork {
    var random = NamedStream(seed: seed, "starts of the decomposition")
    return Estimation(ridge: settings.ridge, starts: settings.starts, rounds: settings.rounds)
      .network(from: moments, units: units, random: &random)
  }
}
