/// A network of one spiking layer that is trained by a local loss: each step in time, a fixed random readout of the
/// layer's spikes shall show the class (arXiv 2012.08300, section III-C). The state between intervals.
public struct SpikingLearner: Sendable, Codable, Equatable {
  /// The steps in time that an image is shown, and those at first in which nothing is learned.
  public static let (duration, burnIn) = (16, 4)
  /// What the mean readout is multiplied by to be log odds. Calibration depends on it, so it is fixed.
  public static let gain: Float = 4

  /// The rule.
  public let rule: BinaryRule
  /// The weights of the layer.
  public private(set) var weights: BinaryWeights
  /// Classes x neurons, +1 or -1, never learned.
  private let readout: Matrix
  private var epoch = 0

  /// An untrained network.
  public init(rule: BinaryRule, inputs: Int = 64, neurons: Int = 96, classes: Int = 10, seed: UInt64) {
    self.rule = rule
    var random = NamedStream(seed: seed, "spiking network")
    weights = BinaryWeights(inputs: inputs, neurons: neurons, random: &random)
    readout = Matrix(rows: classes, columns: neurons) { _, _ in random.next() & 1 == 0 ? 1 : -1 }
  }

  /// Trains an epoch on images in batches of 50, a step of learning at each step in time.
  public mutating func trainEpoch(on part: Digits.Part, _ settings: BinaryRuleSettings, seed: UInt64) {
    var random = NamedStream(seed: seed, "epoch of the spiking network", epoch)
    epoch += 1
    let order = random.permutation(part.labels.count)
    for start in stride(from: 0, to: order.count, by: 50) {
      let batch = order[start..<min(start + 50, order.count)]
      train(part.images.gathered(batch), batch.map { part.labels[$0] }, settings, &random)
    }
  }

  private mutating func train(
    _ rates: Matrix, _ labels: [Int], _ settings: BinaryRuleSettings, _ random: inout NamedStream
  ) {
    var layer = SpikingLayer(batch: rates.rows, inputs: rates.columns, neurons: readout.columns)
    let scale = 1 / (Float(rates.columns) * Float(readout.columns)).squareRoot() / Float(rates.rows)
    let width = Float(settings.halfWidth)
    for time in 0..<SpikingLearner.duration {
      let (sampled, slopes) = weights.sample(rule, settings, &random)
      layer.advance(SpikingLearner.spikes(rates, &random), weights: sampled)
      guard time >= SpikingLearner.burnIn else { continue }
      var error = shown(layer.spikes)
      error.softmaxRows()
      for (row, label) in labels.enumerated() { error[row, label] -= 1 }
      var local = error.times(readout)
      local.combineEights(layer.potential) { slope, potential in
        (scale * slope).replacing(with: 0, where: (potential .> width) .| (potential .< -width))
      }
      weights.step(layer.trace.transposedTimes(local), slopes: slopes, settings)
    }
  }

  /// The readout of spikes, batch x classes.
  private func shown(_ spikes: Matrix) -> Matrix {
    let scale = 1 / Float(readout.columns).squareRoot()
    var result = spikes.timesTransposed(readout)
    result.mapEights { scale * $0 }
    return result
  }

  /// Spikes at these rates, each independent.
  private static func spikes(_ rates: Matrix, _ random: inout NamedStream) -> Matrix {
    var spikes = rates
    spikes.mapEights { Eight(repeating: 0).replacing(with: 1, where: random.units() .< $0) }
    return spikes
  }

  /// The probabilities of the classes: of the most probable weights, or the mean over networks drawn from the
  /// posterior.
  public func probabilities(_ images: Matrix, draws: Int?, seed: UInt64) -> Matrix {
    var random = NamedStream(seed: seed, "test of the spiking network")
    var sum = Matrix(rows: images.rows, columns: readout.rows)
    for _ in 0..<(draws ?? 1) {
      let drawn = draws == nil ? weights.signs : weights.drawn(&random)
      var layer = SpikingLayer(batch: images.rows, inputs: images.columns, neurons: readout.columns)
      var total = sum
      total.mapEights { _ in Eight(repeating: 0) }
      for time in 0..<SpikingLearner.duration {
        layer.advance(SpikingLearner.spikes(images, &random), weights: drawn)
        if time >= SpikingLearner.burnIn { total.combineEights(shown(layer.spikes)) { $0 + $1 } }
      }
      let factor = SpikingLearner.gain / Float(SpikingLearner.duration - SpikingLearner.burnIn)
      total.mapEights { factor * $0 }
      total.softmaxRows()
      sum.combineEights(total) { $0 + $1 }
    }
    let share = 1 / Float(draws ?? 1)
    sum.mapEights { share * $0 }
    return sum
  }
}
