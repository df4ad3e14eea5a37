import Foundation
import Neighbours
import Testing

/// Every learner comes back from its checkpoint as it was.
@Suite struct StateFileTests {
  func readBack<State: Codable>(_ state: State) throws -> State {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try StateFile.write(state, to: folder.path)
    return try StateFile.read(State.self, from: folder.path)
  }

  @Test func momentsComeBack() throws {
    let task = TeacherTask(seed: 0)
    var learner = MomentLearner(shape: task.teacher.shape)
    var random = NamedStream(seed: 0, "samples")
    learner.learn(task.block(&random, length: 300), of: task, .init())
    #expect(try readBack(learner) == learner)
  }

  /// One that has not started filtering has infinite thresholds.
  @Test func filtersComeBack() throws {
    let task = LabelNoise(try Digits(), kind: .symmetric, share: 0.4, seed: 0)
    var learner = FilteredLearner(task: task, seed: 0)
    #expect(try readBack(learner) == learner)
    for _ in 0..<12 { learner.trainEpoch(on: task, rate: 0.05, settings: .init(), seed: 0) }
    #expect(learner.filter.hasStarted)
    #expect(try readBack(learner) == learner)
  }

  @Test func machinesComeBack() throws {
    let task = BinaryImages(try Digits())
    var learner = FlowLearner(task: task, seed: 0)
    learner.train(updates: 5, on: task.train, .init(), seed: 0)
    #expect(try readBack(learner) == learner)
  }

  @Test func spikingNetworksComeBack() throws {
    var learner = SpikingLearner(rule: .bayesian, seed: 0)
    learner.trainEpoch(on: try Digits()[0..<50], .init(), seed: 0)
    #expect(try readBack(learner) == learner)
  }

  @Test func arraysComeBack() throws {
    var settings = ArraySettings()
    settings.devicesPerWeight = 2
    var random = NamedStream(seed: 0, "network")
    let network = AnalogPerceptron(settings, random: &random)
    #expect(try readBack(network) == network)
  }

  @Test func bytesOfAnotherSizeAreRefused() throws {
    #expect(throws: DecodingError.self) {
      try PropertyListDecoder().decode([Packed<Double>].self, from: PropertyListEncoder().encode([Data(count: 12)]))
    }
  }
}
