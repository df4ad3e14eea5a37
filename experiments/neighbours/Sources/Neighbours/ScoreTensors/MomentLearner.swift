/// The state of a learner: its moments, and the network they give. Its checkpoint is sums and their count, no weights.
public struct MomentLearner: Sendable, Codable, Equatable {
  /// The hyperparameters.
  public struct Settings: Sendable {
    /// Outputs are cut at so many standard deviations; infinity is unbiased.
    public var clip: Double
    /// The ridge on U, relative.
    public var ridge: Double
    /// What earlier sums lose with each block.
    public var forgetting: Double
    /// The starts and rounds of the decomposition.
    public var starts, rounds: Int

    /// The settings, by default those that estimate without a bias.
    public init(
      clip: Double = .infinity, ridge: Double = 1e-3, forgetting: Double = 0, starts: Int = 10, rounds: Int = 60
    ) {
      (self.clip, self.ridge, self.forgetting, self.starts, self.rounds) = (clip, ridge, forgetting, starts, rounds)
    }
  }

  /// The sums.
  public private(set) var moments: ScoreMoments
  private let units: Int

  /// A learner that has seen nothing.
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

  /// The network that the moments give; `seed` is that of the decomposition's starts.
  public func network(_ settings: Settings, seed: UInt64) -> RecurrentNetwork {
    var random = NamedStream(seed: seed, "starts of the decomposition")
    return Estimation(ridge: settings.ridge, starts: settings.starts, rounds: settings.rounds)
      .network(from: moments, units: units, random: &random)
  }
}
