/// The bidirectional network (arXiv 1603.00954): states that run forward, h_t, and backward, z_t,
///
///     h_t = (A1 x_t + U h_(t-1))²    z_t = (B1 x_t + V z_(t+1))²    E[y_t] = A2ᵀ h_t + B2ᵀ z_t
///
/// The task is to find the rows of A1 and B1, and to tell them apart.
public struct BidirectionalTask: Sendable {
  /// The teacher that runs forward.
  public let forward: RecurrentNetwork
  /// The teacher that runs over the reversed sequence.
  public let backward: RecurrentNetwork
  private let seed: UInt64
  private let process = InputProcess()

  /// The task with the teachers of this seed: two forward and two backward units.
  public init(seed: UInt64) {
    self.seed = seed
    var random = NamedStream(seed: seed, "bidirectional teacher")
    let shape = RecurrentNetwork.Shape(inputs: 8, units: 2, outputs: 4)
    forward = RecurrentNetwork(shape: shape, random: &random)
    backward = RecurrentNetwork(shape: shape, random: &random)
  }

  /// How close an estimate is to the teachers.
  public struct Result: Sendable {
    /// The largest error of a row of A1 or B1, relative to the length of the row.
    public var worstRowError: Double
    /// For each row of A1, then of B1: the length of its row of U as estimated with the neighbour in time on its own
    /// side (before for A1, after for B1), and with that on the other side.
    public var sizes: [(own: Double, other: Double)]

    /// Whether every row is larger on its own side.
    public var hasRightDirections: Bool { sizes.allSatisfy { $0.own > $0.other } }
  }

  /// Estimates the network from `blocks` sequences of 3,000 samples, with noise of standard deviation 0.1 in each
  /// output.
  public func estimate(blocks: Int) -> Result {
    var previous = ScoreMoments(inputs: 8, outputs: 4, direction: .previous)
    var next = ScoreMoments(inputs: 8, outputs: 4, direction: .next)
    var random = NamedStream(seed: seed, "bidirectional samples")
    for _ in 0..<blocks {
      let inputs = process.sequence(length: TeacherTask.blockLength, inputs: 8, random: &random)
      let behind = reversed(backward.outputs(for: reversed(inputs, 8)), 4)
      let targets = zip(forward.outputs(for: inputs), behind).map { $0 + $1 + 0.1 * random.normal() }
      previous.add(inputs: inputs, targets: targets, process: process, clip: .infinity, forgetting: 0)
      next.add(inputs: inputs, targets: targets, process: process, clip: .infinity, forgetting: 0)
    }
    let found = Estimation(ridge: 1e-3, starts: 10, rounds: 60).bidirectional(
      previous: previous, next: next, units: 4, random: &random)
    let truth = forward.inputWeights + backward.inputWeights
    let matching = Matching(found.inputWeights, to: truth, width: 8)
    let sizes = matching.rows.enumerated().map { place, row in
      let (before, after) = found.sizes[row]
      return place < 2 ? (own: before, other: after) : (own: after, other: before)
    }
    return Result(worstRowError: matching.worstRowError(found.inputWeights, truth, width: 8), sizes: sizes)
  }

  private func reversed(_ values: [Double], _ width: Int) -> [Double] {
    (0..<values.count / width).reversed().flatMap { values[$0 * width..<($0 + 1) * width] }
  }
}
