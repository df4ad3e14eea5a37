import Foundation

/// RAFNI, Relabeling And Filtering Noisy Instances (arXiv 2109.03748): what it knows of each instance, and what it does
/// with it.
///
/// Three mechanisms act on what the network says of an instance, section 3:
/// - the **loss filter** removes an instance whose loss is above a threshold;
/// - the **relabelling** gives a misclassified instance the class that the network is sure of, and then leaves it alone
///   for some epochs, its quarantine;
/// - the **record filter** removes an instance whose predicted class changed in nearly every epoch of its record.
///
/// Both thresholds are quantiles, and move after each epoch. Filtering starts by itself, when the losses have come
/// apart into those of clean and of noisy instances. Once they are together again, the thresholds stay: otherwise
/// quantiles would remove clean instances for ever.
///
/// Where the authors' code differs from the text, this is the text:
/// - a new label counts at once. In the code the old label trains while the instance is in quarantine;
/// - the record of a relabelled instance is empty. In the code it is filled with class 0;
/// - the overlap is that of two normal distributions. The code passes the variance where a deviation is due.
public struct RelabelingFilter: Sendable, Codable, Equatable {
  /// The hyperparameters.
  public struct Settings: Sendable, Equatable {
    /// Losses above this quantile are filtered.
    public var lossQuantile: Double
    /// Misclassified instances above this quantile of probability are relabelled.
    public var probabilityQuantile: Double
    /// The full epochs that a relabelled instance is left alone, after the one in which it was relabelled.
    public var quarantine: Int

    /// The settings, by default those of the authors' code.
    public init(lossQuantile: Double = 0.95, probabilityQuantile: Double = 0.99, quarantine: Int = 5) {
      (self.lossQuantile, self.probabilityQuantile, self.quarantine) = (lossQuantile, probabilityQuantile, quarantine)
    }
  }

  /// What the network said of an instance.
  public struct Opinion {
    /// The instance.
    public var instance: Int
    /// The most probable class and its probability.
    public var prediction: Int
    public var probability: Float
    /// The cross-entropy with the label in force.
    public var loss: Float

    /// An opinion of an instance.
    public init(instance: Int, prediction: Int, probability: Float, loss: Float) {
      (self.instance, self.prediction, self.probability, self.loss) = (instance, prediction, probability, loss)
    }
  }

  /// How many predictions a record holds.
  public let recordLength: Int
  /// Whether the filters act.
  public private(set) var hasStarted = false
  /// Whether the thresholds stay: since the means of the two groups of losses were within 0.3.
  public private(set) var isFrozen = false
  /// The epochs that have ended.
  public private(set) var epoch = 0
  /// The label in force of each instance.
  @Packed public private(set) var labels: [Int]
  /// Which instances were relabelled.
  public private(set) var relabeled: [Bool]
  /// Which instances were removed; nothing brings them back.
  public private(set) var removed: [Bool]
  /// The epochs, this one included, that each instance stays in quarantine.
  @Packed private var quarantine: [Int]
  /// The last predictions of each instance, the latest last; -1 where there is none.
  @Packed private var records: [Int]
  private var lossThreshold: Float = .infinity
  private var probabilityThreshold: Float = .infinity
  private var lastOverlap: Double?
  /// What this epoch has seen: all losses, and the probabilities of misclassified instances.
  private var losses: [Float] = []
  private var wrongProbabilities: [Float] = []

  /// Knows only the given labels.
  public init(labels: [Int], recordLength: Int = 5) {
    self.labels = labels
    self.recordLength = recordLength
    relabeled = labels.map { _ in false }
    removed = relabeled
    quarantine = labels.map { _ in 0 }
    records = [Int](repeating: -1, count: labels.count * recordLength)
  }

  /// The instances that are still trained.
  public var remaining: [Int] { labels.indices.filter { !removed[$0] } }

  /// Takes in what the network said of an instance in this epoch, and filters or relabels it.
  public mutating func consider(_ opinion: Opinion, _ settings: Settings) {
    let instance = opinion.instance
    let isWrong = opinion.prediction != labels[instance]
    push(opinion.prediction, to: instance)
    losses.append(opinion.loss)
    if isWrong { wrongProbabilities.append(opinion.probability) }
    guard hasStarted else { return }

    let isFree = quarantine[instance] == 0
    if changes(of: instance) >= recordLength - 1 || (isFree && opinion.loss > lossThreshold) {
      removed[instance] = true
    } else if isWrong, isFree, opinion.probability > probabilityThreshold {
      labels[instance] = opinion.prediction
      relabeled[instance] = true
      quarantine[instance] = settings.quarantine + 2
      for place in 0..<recordLength { records[instance * recordLength + place] = -1 }
    }
  }

  /// Ends an epoch: the thresholds move, and the filters may start.
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
    if !hasStarted, let mixture { hasStarted = isApart(mixture) }
    losses = []
    wrongProbabilities = []
    epoch += 1
  }

  /// Whether two normal distributions fitted to the losses overlap little (below 0.15), or more than an epoch before:
  /// from then on the network begins to learn the noise.
  private mutating func isApart(_ mixture: GaussianMixture) -> Bool {
    let shared = overlap(
      (mixture.means[0], mixture.variances[0].squareRoot()), (mixture.means[1], mixture.variances[1].squareRoot()))
    defer { lastOverlap = shared }
    return shared < 0.15 || lastOverlap.map { shared > $0 } ?? false
  }

  private mutating func push(_ prediction: Int, to instance: Int) {
    let start = instance * recordLength
    for place in start..<start + recordLength - 1 { records[place] = records[place + 1] }
    records[start + recordLength - 1] = prediction
  }

  /// How often neighbours in a record differ; only predictions count.
  private func changes(of instance: Int) -> Int {
    let start = instance * recordLength
    return (start..<start + recordLength - 1).count { records[$0] >= 0 && records[$0] != records[$0 + 1] }
  }
}
