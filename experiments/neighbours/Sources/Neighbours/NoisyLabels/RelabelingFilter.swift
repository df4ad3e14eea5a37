import Foundation

/// RAFNI, Relabelling And Filtering Noisy Instances (arXiv 2109.03748; authors' code `fit.py` and
/// `dictionaries.py` in ari-dasci/S-RAFNI, second version): its state for each instance, and its decisions.
///
/// Three mechanisms act on the predictions of the network, in this order:
/// 1. **Relabelling** gives a misclassified instance the predicted class if its probability exceeds a threshold. The
///    instance is then in quarantine for some epochs, in which it is neither relabelled nor filtered by its loss.
/// 2. The **record filter** removes an instance if the predicted class changed between almost all neighbours in the
///    record of its last predictions.
/// 3. The **loss filter** removes an instance if its loss exceeds a threshold.
///
/// Both thresholds are quantiles of the last epoch. Filtering starts when the losses have separated into those of clean
/// and of noisy instances. The thresholds freeze when the two groups have merged again: a quantile would otherwise
/// remove clean instances for ever.
///
/// Here, unlike in the authors' code:
/// - A new label counts at once. In the code, the given label trains while the instance is in quarantine.
/// - A record is empty at first and after relabelling. In the code, it is full of class 0.
/// - The overlap of two normal distributions uses their standard deviations. The code passes variances in their place.
/// - The loss is the cross-entropy. The code passes probabilities to a cross-entropy `from_logits`, so that some
///   versions of TensorFlow apply a second softmax. Losses then differ by 1 at most. The distance of 0.3 between the
///   two groups, at which thresholds freeze, presumes this: here it is reached later.
///
/// `Settings.reading` can undo the first three.
///
/// The precision of removal depends on the epoch of the start: early on, right labels still have large losses. The start
/// depends on the mixture, whose tolerance of 0.1 ends the fit after a few rounds, near its initial clusters. They come
/// from k-means, as in the authors' code.
public struct RelabelingFilter: Sendable, Codable, Equatable {
  /// Whether the first three differences from the authors' code apply.
  public enum Reading: Sendable {
    /// They apply.
    case corrected
    /// As in the authors' code.
    case code
  }

  /// The hyperparameters.
  public struct Settings: Sendable, Equatable {
    /// The loss threshold, as a quantile of all losses.
    public var lossQuantile: Double
    /// The probability threshold, as a quantile over the misclassified instances.
    public var probabilityQuantile: Double
    /// A relabelled instance is in quarantine for the rest of its epoch, and this many epochs plus one.
    public var quarantine: Int
    /// Whether the first three differences from the authors' code apply.
    public var reading: Reading

    /// Settings, by default with the values of the authors' code.
    public init(
      lossQuantile: Double = 0.95, probabilityQuantile: Double = 0.99, quarantine: Int = 5,
      reading: Reading = .corrected
    ) {
      (self.lossQuantile, self.probabilityQuantile, self.quarantine) = (lossQuantile, probabilityQuantile, quarantine)
      self.reading = reading
    }
  }

  /// The output of the network for one instance.
  public struct Opinion: Sendable {
    /// The instance.
    public var instance: Int
    /// The most probable class.
    public var prediction: Int
    /// The probability of that class.
    public var probability: Float
    /// The cross-entropy with the current label, in nats.
    public var loss: Float

    /// An opinion of an instance.
    public init(instance: Int, prediction: Int, probability: Float, loss: Float) {
      (self.instance, self.prediction, self.probability, self.loss) = (instance, prediction, probability, loss)
    }
  }

  /// The number of predictions in a record, 2 or more.
  public let recordLength: Int
  /// Whether the three mechanisms act.
  public private(set) var hasStarted = false
  /// Whether the thresholds stay as they are, because the means of the two groups of losses came within 0.3.
  public private(set) var isFrozen = false
  /// The number of epochs that have ended.
  public private(set) var epoch = 0
  /// The label that each instance came with.
  @Packed private var givenLabels: [Int]
  /// The current label of each instance, after relabelling.
  @Packed public private(set) var labels: [Int]
  /// 1 for each instance that was relabelled, 0 for the others.
  @Packed private var relabeled: [UInt8]
  /// 1 for each instance that was removed, which is final, 0 for the others.
  @Packed private var removed: [UInt8]
  /// For each instance, the ends of epochs until its quarantine is over.
  @Packed private var quarantine: [Int]
  /// The last predictions of each instance, instances x record length, the latest last; -1 where there is none.
  @Packed private var records: [Int]
  private var lossThreshold: Float = .infinity
  private var probabilityThreshold: Float = .infinity
  private var lastOverlap: Double?
  /// All losses of this epoch, and the probabilities of its misclassified instances.
  @Packed private var losses: [Float] = []
  @Packed private var wrongProbabilities: [Float] = []

  /// A filter of instances with given labels.
  public init(labels: [Int], recordLength: Int = 5) {
    precondition(recordLength >= 2, "a record of \(recordLength) predictions has no changes")
    givenLabels = labels
    self.labels = labels
    self.recordLength = recordLength
    relabeled = [UInt8](repeating: 0, count: labels.count)
    removed = [UInt8](repeating: 0, count: labels.count)
    quarantine = [Int](repeating: 0, count: labels.count)
    records = [Int](repeating: -1, count: labels.count * recordLength)
  }

  /// Whether an instance was relabelled.
  public func isRelabeled(_ instance: Int) -> Bool { relabeled[instance] == 1 }

  /// Whether an instance was removed.
  public func isRemoved(_ instance: Int) -> Bool { removed[instance] == 1 }

  /// The instances that are still trained.
  public var remaining: [Int] { labels.indices.filter { !isRemoved($0) } }

  /// The batches of an epoch: all instances in a random order, `size` at a time, and from these those that are still
  /// trained. So there are always as many batches, and they get smaller; one may be empty.
  public func batches(of size: Int, random: inout NamedStream) -> [[Int]] {
    let order = labels.indices.shuffled(using: &random)
    return stride(from: 0, to: order.count, by: size).map { start in
      order[start..<min(start + size, order.count)].filter { !isRemoved($0) }
    }
  }

  /// The label to train an instance with.
  public func trainedLabel(of instance: Int, _ reading: Reading) -> Int {
    reading == .code && quarantine[instance] > 0 ? givenLabels[instance] : labels[instance]
  }

  /// Records the network's opinion of an instance, once an epoch. After the start, relabels or removes the instance.
  public mutating func consider(_ opinion: Opinion, _ settings: Settings) {
    let instance = opinion.instance
    let isWrong = opinion.prediction != trainedLabel(of: instance, settings.reading)
    push(opinion.prediction, to: instance)
    losses.append(opinion.loss)
    if isWrong { wrongProbabilities.append(opinion.probability) }
    guard hasStarted else { return }

    let isFree = quarantine[instance] == 0
    if isWrong, isFree, opinion.probability > probabilityThreshold {
      // The record is now empty and the instance in quarantine, so neither filter applies.
      labels[instance] = opinion.prediction
      relabeled[instance] = 1
      quarantine[instance] = settings.quarantine + 2
      for place in 0..<recordLength { records[instance * recordLength + place] = -1 }
    } else if changes(of: instance, settings.reading) >= recordLength - 1 || (isFree && opinion.loss > lossThreshold) {
      removed[instance] = 1
    }
  }

  /// Ends an epoch: updates the quarantines and the thresholds, and decides whether to start or to freeze.
  public mutating func endEpoch(_ settings: Settings) {
    for instance in quarantine.indices where quarantine[instance] > 0 { quarantine[instance] -= 1 }
    let mixture = GaussianMixture(losses, tolerance: 0.1, addedVariance: 0.15)
    if hasStarted, !isFrozen { isFrozen = mixture.map { $0.means[1] - $0.means[0] <= 0.3 } ?? true }
    if !isFrozen {
      if let threshold = quantile(losses, settings.lossQuantile) { lossThreshold = threshold }
      if let threshold = quantile(wrongProbabilities, settings.probabilityQuantile) {
        probabilityThreshold = threshold
      }
    }
    if !hasStarted, let mixture { hasStarted = isSeparated(mixture, settings.reading) }
    losses = []
    wrongProbabilities = []
    epoch += 1
  }

  /// Whether the two normal distributions of the losses overlap by less than 0.15, or by more than an epoch before,
  /// when the network begins to learn the noise.
  private mutating func isSeparated(_ mixture: GaussianMixture, _ reading: Reading) -> Bool {
    let spreads = reading == .code ? mixture.variances : mixture.variances.map { $0.squareRoot() }
    let shared = overlap((mixture.means[0], spreads[0]), (mixture.means[1], spreads[1]))
    defer { lastOverlap = shared }
    return shared < 0.15 || lastOverlap.map { shared > $0 } ?? false
  }

  private mutating func push(_ prediction: Int, to instance: Int) {
    let start = instance * recordLength
    for place in start..<start + recordLength - 1 { records[place] = records[place + 1] }
    records[start + recordLength - 1] = prediction
  }

  /// The number of neighbours in a record that differ. Empty places do not count, or count as class 0 in the code.
  private func changes(of instance: Int, _ reading: Reading) -> Int {
    var record = records[instance * recordLength..<(instance + 1) * recordLength].drop { $0 < 0 && reading != .code }
    for place in record.indices where record[place] < 0 { record[place] = 0 }
    return zip(record, record.dropFirst()).count { $0 != $1 }
  }
}
