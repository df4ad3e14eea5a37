import Foundation
import Neighbours
import Testing

/// Every learner comes back from its checkpoint as it was, and goes on as if it had never been saved.
@Suite struct StateFileTests {
  /// Trains two intervals in one go, and with a checkpoint between them.
  func expectSameAfterCheckpoint<State: Codable & Equatable>(
    _ fresh: State, _ interval: (inout State, _ number: Int) -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var kept = fresh
    interval(&kept, 0)
    try StateFile.write(kept, to: folder.path)
    var loaded = try StateFile.read(State.self, from: folder.path)
    #expect(loaded == kept)
    interval(&kept, 1)
    interval(&loaded, 1)
    #expect(loaded == kept && loaded != fresh)
  }

  @Test func momentsComeBack() throws {
    let task = TeacherTask(seed: 0)
    try expectSameAfterCheckpoint(MomentLearner(shape: task.teacher.shape)) { learner, number in
      var random = NamedStream(seed: 0, "samples", number)
      learner.learn(task.block(&random, length: 300), of: task, .init(clip: 3, forgetting: 0.1))
    }
  }

  /// After the first interval, the thresholds are infinite in one and moving in the other.
  @Test(arguments: [0, 12])
  func filtersComeBack(epochs: Int) throws {
    let task = LabelNoise(try Digits(), kind: .symmetric, share: 0.4, seed: 0)
    try expectSameAfterCheckpoint(FilteredLearner(task: task, seed: 0)) { learner, number in
      for _ in 0..<epochs + number { learner.trainEpoch(on: task, rate: 0.05, settings: .init(), seed: UInt64(number)) }
      #expect(learner.filter.hasStarted == (epochs > 0))
    }
  }

  /// Five updates end within an epoch.
  @Test func machinesComeBack() throws {
    let task = BinaryImages(try Digits())
    try expectSameAfterCheckpoint(FlowLearner(task: task, seed: 0)) { learner, number in
      learner.train(updates: 5, on: task.train, .init(), seed: UInt64(number))
    }
  }

  @Test(arguments: [BinaryRule.straightThrough, .bayesian])
  func spikingNetworksComeBack(rule: BinaryRule) throws {
    let part = try Digits()[0..<50]
    try expectSameAfterCheckpoint(SpikingLearner(rule: rule, seed: 0)) { learner, number in
      learner.trainEpoch(on: part, .init(), seed: UInt64(number))
    }
  }

  @Test func arraysComeBack() throws {
    var settings = ArraySettings()
    settings.devicesPerWeight = 2
    let slot = Slot(seed: 0, place: 0, shapes: AnalogPerceptron.shapes, settings)
    let part = try Digits()[0..<50]
    var random = NamedStream(seed: 0, "network")
    try expectSameAfterCheckpoint(AnalogPerceptron(settings, random: &random)) { network, number in
      var random = NamedStream(seed: 0, "epoch", number)
      network.trainEpoch(on: part, slot: slot, settings, random: &random)
    }
  }

  @Test func bytesOfAnotherSizeAreRefused() throws {
    #expect(throws: DecodingError.self) {
      try PropertyListDecoder().decode([Packed<Double>].self, from: PropertyListEncoder().encode([Data(count: 12)]))
    }
  }
}
