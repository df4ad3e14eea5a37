/// A network of one spiking layer with binary weights, trained by a local loss: at each step in time, the cross-entropy
/// of a fixed random readout of the spikes (arXiv 2012.08300; authors' code kclip/BayesBiSNN). The value is the
/// whole state of training, and its checkpoint.
public struct SpikingLearner: Sendable, Codable, Equatable {
  /// The number of steps in time for which an image is shown, and the number of those at first without learning.
  public static let (duration, burnIn) = (16, 4)
  /// The factor from the mean readout to logits. Calibration depends on it, so it is fixed.
  public static let gain: Float = 4

  /// The rule that trains the weights.
  public let rule: BinaryRule
  /// The weights of the layer.
  public private(set) var weights: BinaryWeights
  /// The readout, classes x neurons, of +1 and -1. It is not trained.
  private let readout: Matrix
  /// The number of epochs so far.
  private var epoch = 0

  /// An untrained network.
  public init(rule: BinaryRule, inputs: Int = 64, neurons: Int = 96, classes: Int = 10, seed: UInt64) {
    self.rule = rule
    var random = NamedStream(seed: seed, "spiking network")
    weights = BinaryWeights(inputs: inputs, neurons: neurons, random: &random)
    readout = Matrix(rows: classes, columns: neurons) { _, _ in random.next() & 1 == 0 ? 1 : -1 }
  }

  /// Trains an epoch in batches of 50, with an update of the weights at each step in time.
  public mutating func trainEpoch(on part: Digits.Part, _ settings: BinaryRuleSettings, seed: UInt64) {
    var random = NamedStream(seed: seed, "epoch of the spiking network", epoch)
    epoch += 1
    let order = random.permutation(part.labels.count)
    for start in stride(from: 0, to: order.count, by: 50) {
      let batch = order[start..<min(start + 50, order.count)]
      train(part.images.gathered(batch), batch.map { part.labels[$0] }, settings, &random)
    }
  }

  /// Trains on a batch whose pixels are the rates of input spikes. With e = softmax(readout) - target, B the readout
  /// matrix and n its neurons, the gradient is mean over the batch of pᵀ [(e B / √n) · 1(|u| ≤ half-width)] / √inputs.
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
      var error = readOut(layer.spikes)
      error.softmaxRows()
      for (row, label) in labels.enumerated() { error[row, label] -= 1 }
      var local = error.times(readout)
      local.combineEights(layer.potential) { slope, potential in
        (scale * slope).replacing(with: 0, where: (potential .> width) .| (potential .< -width))
      }
      weights.step(layer.trace.transposedTimes(local), slopes: slopes, settings)
    }
  }

  /// The readout of spikes, B spikes / √neurons: batch x classes.
  private func readOut(_ spikes: Matrix) -> Matrix {
    let scale = 1 / Float(readout.columns).squareRoot()
    var result = spikes.timesTransposed(readout)
    result.mapEights { scale * $0 }
    return result
  }

  /// Independent spikes with these probabilities.
  private static func spikes(_ rates: Matrix, _ random: inout NamedStream) -> Matrix {
    var spikes = rates
    spikes.mapEights { Eight(repeating: 0).replacing(with: 1, where: random.units() .< $0) }
    return spikes
  }

  /// The probabilities of the classes, images x classes: those of the network of the most probable weights, or the mean
  /// over `draws` networks from the posterior.
  public func probabilities(_ images: Matrix, draws: Int?, seed: UInt64) -> Matrix {
    var random = NamedStream(seed: seed, "test of the spiking network")
    guard let draws else { return probabilities(images, weights.signs, &random) }
    var sum = Matrix(rows: images.rows, columns: readout.rows)
    for _ in 0..<draws {
      let drawn = weights.drawn(&random)
      sum.combineEights(probabilities(images, drawn, &random)) { $0 + $1 }
    }
    let share = 1 / Float(draws)
    sum.mapEights { share * $0 }
    return sum
  }

  /// The probabilities of the classes with these weights: the softmax of the mean readout.
  private func probabilities(_ images: Matrix, _ weights: Matrix, _ random: inout NamedStream) -> Matrix {
    var layer = SpikingLayer(batch: images.rows, inputs: images.columns, neurons: readout.columns)
    var total = Matrix(rows: images.rows, columns: readout.rows)
    for time in 0..<SpikingLearner.duration {
      layer.advance(SpikingLearner.spikes(images, &random), weights: weights)
      if time >= SpikingLearner.burnIn { total.combineEights(readOut(layer.spikes)) { $0 + $1 } }
    }
    let factor = SpikingLearner.gain / Float(SpikingLearner.duration - SpikingLearner.burnIn)
    total.mapEights { factor * $0 }
    total.softmaxRows()
    return total
  }
}
