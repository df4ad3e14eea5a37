import Foundation

/// A classifier that is trained on noisy labels, with or without RAFNI. The value is the whole state of training, and
/// its checkpoint.
public struct FilteredLearner: Sendable, Codable, Equatable {
  /// The weights and their momentum.
  public private(set) var classifier: Classifier
  /// Labels, masks, quarantines, records and thresholds.
  public private(set) var filter: RelabelingFilter

  /// An untrained learner with 64 hidden units, on the given labels of a task.
  public init(task: LabelNoise, recordLength: Int = 5, seed: UInt64) {
    var random = NamedStream(seed: seed, "classifier")
    classifier = Classifier(inputs: 64, hidden: 64, classes: 10, random: &random)
    filter = RelabelingFilter(labels: task.givenLabels, recordLength: recordLength)
  }

  /// Trains an epoch in the batches of the filter, of up to 32 instances.
  ///
  /// - Parameters:
  ///   - task: the images.
  ///   - rate: the learning rate.
  ///   - settings: those of RAFNI; nil trains on the given labels.
  ///   - seed: with the number of the epoch, it determines the order of the instances.
  public mutating func trainEpoch(
    on task: LabelNoise, rate: Float, settings: RelabelingFilter.Settings?, seed: UInt64
  ) {
    var random = NamedStream(seed: seed, "order of the instances", filter.epoch)
    for batch in filter.batches(of: 32, random: &random) {
      let labels = batch.map { filter.trainedLabel(of: $0, settings?.reading ?? .corrected) }
      let activations = classifier.forward(task.train.images.gathered(batch))
      if let settings { consider(batch, labels, activations.probabilities, settings) }
      // As in the authors' code, decisions take effect in the next epoch: this step uses the whole batch.
      classifier.step(activations, labels: labels, rate: rate)
    }
    filter.endEpoch(settings ?? .init())
  }

  private mutating func consider(
    _ batch: [Int], _ labels: [Int], _ probabilities: Matrix, _ settings: RelabelingFilter.Settings
  ) {
    let predictions = probabilities.largestColumns()
    for (row, instance) in batch.enumerated() {
      filter.consider(
        .init(
          instance: instance, prediction: predictions[row], probability: probabilities[row, predictions[row]],
          loss: -log(max(probabilities[row, labels[row]], 1e-12))), settings)
    }
  }
}
