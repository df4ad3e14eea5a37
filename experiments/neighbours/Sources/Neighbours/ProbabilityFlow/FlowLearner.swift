/// A machine that is trained by probability flow on images. The value is the whole state of training, and its
/// checkpoint.
public struct FlowLearner: Sendable, Codable, Equatable {
  /// The machine and its optimizer.
  public private(set) var flow: ProbabilityFlow
  /// The number of updates so far, which determines the place in an epoch.
  private var updates = 0

  /// An untrained machine for some images.
  public init(task: BinaryImages, shape: BoltzmannMachine.Shape = .init(), seed: UInt64) {
    var random = NamedStream(seed: seed, "machine")
    flow = ProbabilityFlow(BoltzmannMachine(shape: shape, pixelMeans: task.pixelMeans, random: &random))
  }

  /// Trains for `count` updates in batches. The hidden states of all images are drawn at the beginning and after each
  /// epoch. Without images, nothing changes.
  public mutating func train(
    updates count: Int, on images: Matrix, batch: Int = 100, _ settings: ProbabilityFlow.Settings, seed: UInt64
  ) {
    guard images.rows > 0 else { return }
    let perEpoch = max(images.rows / batch, 1)
    var states: BoltzmannMachine.States?
    var order: [Int] = []
    for _ in 0..<count {
      let place = updates % perEpoch
      if states == nil || place == 0 {
        var random = NamedStream(seed: seed, "hidden states", updates)
        states = flow.completed(images, settings, random: &random)
        order = random.permutation(images.rows)
      }
      if let states {
        flow.step(states.gathered(order[place * batch..<min((place + 1) * batch, images.rows)]), settings)
      }
      updates += 1
    }
  }

  /// The objective K on some images, with hidden states drawn for them.
  public func objective(_ images: Matrix, _ settings: ProbabilityFlow.Settings, seed: UInt64) -> Double {
    var random = NamedStream(seed: seed, "hidden states of the objective")
    return flow.objective(flow.completed(images, settings, random: &random), temperature: settings.temperature)
  }
}
