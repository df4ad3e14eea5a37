import Foundation
import Neighbours
import Testing

@Suite struct NoisyLabelTests {
  func learned(_ task: LabelNoise, epochs: Int, _ settings: RelabelingFilter.Settings?) -> FilteredLearner {
    var learner = FilteredLearner(task: task, seed: 1)
    for _ in 0..<epochs { learner.trainEpoch(on: task, rate: 0.05, settings: settings, seed: 1) }
    return learner
  }

  @Test func filteringRecoversWhatSymmetricNoiseCosts() throws {
    let task = LabelNoise(try Digits(), kind: .symmetric, share: 0.4, seed: 1)
    let plain = learned(task, epochs: 40, nil)
    let filtered = learned(task, epochs: 40, .init())
    #expect(plain.classifier.accuracy(on: task.test) < 0.87)
    #expect(filtered.classifier.accuracy(on: task.test) > 0.9)
    let quality = task.quality(of: filtered.filter)
    #expect(quality.removalPrecision > 0.75 && quality.recall > 0.75 && quality.purity > 0.9)
  }

  @Test func noiseChangesTheShareItSays() throws {
    let digits = try Digits()
    for kind in LabelNoise.Kind.allCases {
      let task = LabelNoise(digits, kind: kind, share: 0.4, seed: 3)
      #expect(zip(task.givenLabels, task.train.labels).count { $0 != $1 } == 360)
    }
  }

  @Test func relabellingComesBeforeTheLossFilterAndQuarantineHoldsItOff() {
    // The losses stay apart, so that the thresholds move: the loss threshold is the smallest loss of the epoch before,
    // the probability threshold the smallest probability.
    var filter = RelabelingFilter(labels: [0, 1], recordLength: 4)
    let settings = RelabelingFilter.Settings(lossQuantile: 0, probabilityQuantile: 0, quarantine: 1)
    func epoch(probability: Float) {
      filter.consider(.init(instance: 0, prediction: 1, probability: probability, loss: 9), settings)
      filter.consider(.init(instance: 1, prediction: 1, probability: 0.9, loss: 0.1), settings)
      filter.endEpoch(settings)
    }
    epoch(probability: 0.5)
    #expect(filter.hasStarted)
    // Above both thresholds.
    epoch(probability: 0.6)
    #expect(filter.labels == [1, 1] && filter.isRelabeled(0) && !filter.isRelabeled(1))
    #expect(filter.remaining == [0, 1])
    // Two more epochs of quarantine, then the loss counts.
    epoch(probability: 0.6)
    epoch(probability: 0.6)
    #expect(filter.remaining == [0, 1] && !filter.isFrozen)
    epoch(probability: 0.6)
    #expect(filter.remaining == [1])
  }

  @Test func aMisclassifiedInstanceBelowTheProbabilityThresholdIsFilteredByItsLoss() {
    var filter = RelabelingFilter(labels: [0, 1], recordLength: 4)
    let settings = RelabelingFilter.Settings(lossQuantile: 0, probabilityQuantile: 0, quarantine: 1)
    for probability: Float in [0.6, 0.5] {
      filter.consider(.init(instance: 0, prediction: 1, probability: probability, loss: 9), settings)
      filter.consider(.init(instance: 1, prediction: 1, probability: 0.9, loss: 0.1), settings)
      filter.endEpoch(settings)
    }
    #expect(filter.remaining == [1] && filter.labels == [0, 1])
  }

  @Test func whatChangesInEveryEpochIsRemoved() {
    var filter = RelabelingFilter(labels: [0, 0], recordLength: 4)
    let settings = RelabelingFilter.Settings(lossQuantile: 1, probabilityQuantile: 1, quarantine: 1)
    for epoch in 0..<6 {
      filter.consider(.init(instance: 0, prediction: epoch % 2, probability: 0.5, loss: 5), settings)
      filter.consider(.init(instance: 1, prediction: 0, probability: 0.9, loss: 0.1), settings)
      filter.endEpoch(settings)
    }
    #expect(filter.remaining == [1])
  }

  @Test func aRemovedInstanceMakesItsBatchSmaller() {
    // The second instance is misclassified with the larger loss, and removed.
    var filter = RelabelingFilter(labels: [0, 0, 0], recordLength: 4)
    let settings = RelabelingFilter.Settings(lossQuantile: 0.5, probabilityQuantile: 1, quarantine: 1)
    for _ in 0..<2 {
      for (instance, loss) in [Float(0.1), 9, 0.1].enumerated() {
        filter.consider(.init(instance: instance, prediction: loss > 1 ? 1 : 0, probability: 0.5, loss: loss), settings)
      }
      filter.endEpoch(settings)
    }
    #expect(filter.remaining == [0, 2])
    var random = NamedStream(seed: 0, "batches")
    let single = filter.batches(of: 1, random: &random)
    #expect(single.map(\.count).sorted() == [0, 1, 1] && single.joined().sorted() == [0, 2])
    #expect(filter.batches(of: 3, random: &random).map(\.count) == [2])
  }

  @Test func momentumIsThatOfAHeavyBall() {
    // For an image of zeros, only the biases of the classes count. The first gradient is -½ and ½.
    var random = NamedStream(seed: 0, "classifier")
    var classifier = Classifier(inputs: 1, hidden: 1, classes: 2, random: &random)
    func logOdds() -> Float {
      let found = classifier.forward(Matrix(rows: 1, columns: 1)).probabilities
      return log(found[0, 0] / found[0, 1])
    }
    for (rate, wanted) in [(Float(1), Float(1)), (0, 1.9), (0, 2.71)] {
      classifier.step(classifier.forward(Matrix(rows: 1, columns: 1)), labels: [0], rate: rate)
      #expect(abs(logOdds() - wanted) < 1e-4)
    }
  }

  /// A network that is sure of class 1, for two digits with the labels 0 and 1, and the given settings of RAFNI.
  func relabeled(recordLength: Int, _ settings: RelabelingFilter.Settings) -> RelabelingFilter {
    var filter = RelabelingFilter(labels: [0, 1], recordLength: recordLength)
    for probability: Float in [0.5, 0.6] {
      filter.consider(.init(instance: 0, prediction: 1, probability: probability, loss: 9), settings)
      filter.consider(.init(instance: 1, prediction: 1, probability: 0.9, loss: 0.1), settings)
      filter.endEpoch(settings)
    }
    return filter
  }

  @Test func inTheAuthorsCodeTheGivenLabelTrainsInQuarantine() {
    let settings = RelabelingFilter.Settings(lossQuantile: 1, probabilityQuantile: 0, quarantine: 1, reading: .code)
    let filter = relabeled(recordLength: 4, settings)
    #expect(filter.labels == [1, 1])
    #expect(filter.trainedLabel(of: 0, .corrected) == 1)
    #expect(filter.trainedLabel(of: 0, .code) == 0)
  }

  @Test(arguments: [(RelabelingFilter.Reading.corrected, [0, 1]), (.code, [1])])
  func inTheAuthorsCodeAnEmptyRecordIsFullOfClass0(reading: RelabelingFilter.Reading, remaining: [Int]) {
    let settings = RelabelingFilter.Settings(
      lossQuantile: 1, probabilityQuantile: 0, quarantine: 3, reading: reading)
    var filter = relabeled(recordLength: 2, settings)
    #expect(filter.remaining == [0, 1] && filter.isRelabeled(0))
    filter.consider(.init(instance: 0, prediction: 1, probability: 0.6, loss: 0.1), settings)
    #expect(filter.remaining == remaining)
  }

  @Test(arguments: [(RelabelingFilter.Reading.corrected, false), (.code, true)])
  func inTheAuthorsCodeVariancesStandForDeviations(reading: RelabelingFilter.Reading, starts: Bool) {
    // The mixture has means 1.03 apart and variances of 0.187. The overlap is 0.234 with the deviations, and 0.006 with
    // the variances in their place.
    let settings = RelabelingFilter.Settings(reading: reading)
    var filter = RelabelingFilter(labels: [0, 1])
    for (instance, loss) in [Float(0.1), 1.2].enumerated() {
      filter.consider(.init(instance: instance, prediction: instance, probability: 0.9, loss: loss), settings)
    }
    filter.endEpoch(settings)
    #expect(filter.hasStarted == starts)
  }

  @Test func thresholdsFreezeWhenTheLossesHaveMerged() {
    var filter = RelabelingFilter(labels: [0, 1])
    func epoch(losses: [Float]) {
      for (instance, loss) in losses.enumerated() {
        filter.consider(.init(instance: instance, prediction: instance, probability: 0.9, loss: loss), .init())
      }
      filter.endEpoch(.init())
    }
    epoch(losses: [0.1, 9])
    #expect(filter.hasStarted && !filter.isFrozen)
    epoch(losses: [0.1, 0.2])
    #expect(filter.isFrozen)
  }

  @Test func withoutInstancesAnEpochChangesNothing() throws {
    let task = LabelNoise(try Digits(), kind: .pair, share: 0.4, seed: 0)
    var random = NamedStream(seed: 0, "classifier")
    var classifier = Classifier(inputs: 64, hidden: 8, classes: 10, random: &random)
    classifier.step(classifier.forward(task.train.images.gathered(0..<4)), labels: [1, 2, 3, 4], rate: 0.1)
    let before = classifier
    classifier.step(classifier.forward(task.train.images.gathered([])), labels: [], rate: 0.1)
    #expect(classifier == before)
    var filter = RelabelingFilter(labels: [])
    filter.endEpoch(.init())
    #expect(filter.remaining == [] && filter.epoch == 1 && !filter.hasStarted)
  }

  @Test func aRunIsRepeatableToTheBit() throws {
    let task = LabelNoise(try Digits(), kind: .pair, share: 0.4, seed: 2)
    #expect(learned(task, epochs: 8, .init()) == learned(task, epochs: 8, .init()))
  }
}
