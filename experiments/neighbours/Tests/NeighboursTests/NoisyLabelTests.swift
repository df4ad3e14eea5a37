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

  @Test func anInstanceInQuarantineIsLeftAlone() {
    // Two instances; instance 0 is misclassified with growing certainty, so that it is relabelled.
    var filter = RelabelingFilter(labels: [0, 1], recordLength: 4)
    let settings = RelabelingFilter.Settings(lossQuantile: 1, probabilityQuantile: 0, quarantine: 1)
    func epoch(loss: Float, probability: Float) {
      filter.consider(.init(instance: 0, prediction: 1, probability: probability, loss: loss), settings)
      filter.consider(.init(instance: 1, prediction: 1, probability: 0.9, loss: 0.1), settings)
      filter.endEpoch(settings)
    }
    epoch(loss: 9, probability: 0.5)
    #expect(filter.hasStarted)
    epoch(loss: 9, probability: 0.6)
    #expect(filter.labels == [1, 1] && filter.relabeled == [true, false])
    // The losses of this epoch set the threshold to 0.1; instance 0 exceeds it and stays, for one full epoch and the
    // next.
    epoch(loss: 0.1, probability: 0.6)
    epoch(loss: 9, probability: 0.6)
    #expect(filter.remaining == [0, 1])
    epoch(loss: 10, probability: 0.6)
    #expect(filter.remaining == [1])
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

  @Test func aRunIsRepeatableToTheBit() throws {
    let task = LabelNoise(try Digits(), kind: .pair, share: 0.4, seed: 2)
    #expect(learned(task, epochs: 8, .init()) == learned(task, epochs: 8, .init()))
  }
}
