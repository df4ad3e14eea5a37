import PoptrainStoreTesting
import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Synchronization
import Testing
import PoptrainTrainers

@testable import PoptrainWorker

/// A population of its own in a temporary folder, removed at the end.
final class TestRun: Sendable {
  let path: String
  let rules: Rules
  let store: InMemoryStore
  let checkpoints: CheckpointFolder
  let housekeeper: Housekeeper
  /// The store's clock, in seconds.
  let now = Now()

  init(
    members: Int = 6, intervals: Int = 4, order: Rules.Order = .asynchronous, maxFailures: Int = 3,
    evaluatesCopies: Bool = false, isDurable: Bool = false
  ) throws {
    path = NSTemporaryDirectory() + "worker-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    rules = Rules(
      seed: 3, populationSize: members, steps: intervals * 10, interval: 10, mode: .max, order: order,
      space: Space([Hyperparameter("lr", .uniform(0, 1))]), evaluatesCopies: evaluatesCopies, maxFailures: maxFailures)
    store = InMemoryStore(rules: rules, monotonicNow: { [now] in now.seconds })
    checkpoints = try CheckpointFolder(path: path + "/checkpoints", isDurable: isDurable)
    housekeeper = Housekeeper(checkpoints: checkpoints)
  }

  deinit {
    try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    try? FileManager.default.removeItem(atPath: path)
  }

  func worker(
    _ trainer: any Trainer, name: String = "worker-0", store: (any PopulationStore)? = nil,
    checkpoints: (any CheckpointStorage)? = nil, clock: any Clock<Duration> = TestClock(),
    news: @escaping @Sendable (Worker.News) -> Void = { _ in }
  ) -> Worker {
    Worker(
      name: name, metric: "score", store: store ?? self.store,
      checkpoints: checkpoints ?? self.checkpoints, housekeeper: housekeeper, trainer: trainer, clock: clock,
      backoff: nil, news: news)
  }

  var intervals: [Interval] {
    get async {
      await store.records(after: 0).compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
    }
  }

  var attempts: [Attempt] {
    get async {
      await store.records(after: 0).compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
    }
  }

  /// Checks that the files are those that the store refers to, and no others.
  func expectTidy(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let population = await store.population()
    let references = Set(
      population.members.flatMap(\.references) + [population.best?.published.checkpoint].compactMap { $0 })
    var folders = Set(try FileManager.default.contentsOfDirectory(atPath: checkpoints.path))
    #expect(folders.remove(".incoming") != nil, sourceLocation: sourceLocation)
    #expect(folders == Set(references.map(\.description)), sourceLocation: sourceLocation)
    let incoming = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path + "/.incoming")
    #expect(incoming.isEmpty, sourceLocation: sourceLocation)
    for checkpoint in references { try checkpoints.verify(checkpoint) }
    let best = try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/best")
    #expect(best == population.best.map { "checkpoints/\($0.published.checkpoint)" }, sourceLocation: sourceLocation)
  }
}

/// Seconds that a test sets.
final class Now: Sendable {
  private let value = Mutex(0.0)
  var seconds: Double { value.withLock { $0 } }
  func advance(by seconds: Double) { value.withLock { $0 += seconds } }
}

/// A trainer in Swift that saves real files.
final class SwiftTrainer: SingleTrainer {
  private let body: @Sendable (Assignment) async throws -> TrainerOutcome
  private let taken = Mutex<[Assignment]>([])
  /// What it was asked for.
  var assignments: [Assignment] { taken.withLock { $0 } }
  let stopRequested = Gate()
  let isShutDown = Gate()

  init(_ body: @escaping @Sendable (Assignment) async throws -> TrainerOutcome) {
    self.body = body
  }

  convenience init() { self.init { try SwiftTrainer.train($0) } }

  func train(_ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void) async -> TrainerOutcome {
    taken.withLock { $0.append(assignment) }
    progress(assignment.ages.lowerBound)
    do { return try await body(assignment) } catch { return .failed(TrainerFailure(.failed, "\(error)")) }
  }

  func requestStop() async { stopRequested.open() }
  func shutDown() async { isShutDown.open() }

  /// Goes on from a checkpoint, where there is one, saves, and scores by the learning rate.
  static func train(_ assignment: Assignment) throws -> TrainerOutcome {
    let before = try assignment.checkpoint.map { try String(contentsOfFile: $0 + "/age", encoding: .utf8) } ?? "0"
    guard Int(before) == assignment.ages.lowerBound else {
      return .failed(TrainerFailure(.failed, "loaded \(before) at \(assignment.ages.lowerBound)"))
    }
    try save("\(assignment.ages.upperBound)", "age", assignment)
    let score = assignment.hyperparameters["lr"]?.asNumber ?? 0
    return .trained(TrainedInterval(steps: assignment.ages.count, metrics: ["score": score, "other": 1]))
  }

  static func save(_ text: String, _ name: String, _ assignment: Assignment) throws {
    let saveTo = assignment.saveTo
    try text.write(toFile: saveTo + "/" + name, atomically: false, encoding: .utf8)
  }
}

/// A trainer in Swift of several members at once.
final class BatchTrainer: Trainer {
  private let members: Int
  private let start: @Sendable () -> Void
  private let body: @Sendable (Assignment) throws -> TrainerOutcome
  private let taken = Mutex<[[Member.ID]]>([])
  /// The members that it was asked for at once, each time.
  var batches: [[Member.ID]] { taken.withLock { $0 } }

  /// - Parameter start: called when it is asked what it takes.
  init(
    capacity: Int, _ body: @escaping @Sendable (Assignment) throws -> TrainerOutcome = SwiftTrainer.train,
    start: @escaping @Sendable () -> Void = {}
  ) {
    members = capacity
    self.start = start
    self.body = body
  }

  func capacity() async -> Capacity {
    start()
    return Capacity(members: members)
  }

  func train(
    _ batch: [Assignment], progress: @escaping @Sendable (_ position: Int, _ age: Int) -> Void
  ) async -> [TrainerOutcome] {
    taken.withLock { $0.append(batch.map(\.member)) }
    return batch.map { assignment in
      do { return try body(assignment) } catch { return .failed(TrainerFailure(.failed, "\(error)")) }
    }
  }

  func requestStop() async {}
  func shutDown() async {}
}

/// A clock that goes on when a test says so.
final class TestClock: Clock {
  struct Instant: InstantProtocol {
    var offset = Duration.zero
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now = Instant()
    var next = 0
    var sleepers: [Int: (Instant, CheckedContinuation<Void, any Error>)] = [:]
    var watchers: [(Int, CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())
  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let watchers = state.withLock { state in
          if Task.isCancelled {
            continuation.resume(throwing: CancellationError())
          } else if deadline <= state.now {
            continuation.resume()
          } else {
            state.sleepers[id] = (deadline, continuation)
          }
          let ready = state.watchers.filter { $0.0 <= state.sleepers.count }
          state.watchers.removeAll { $0.0 <= state.sleepers.count }
          return ready
        }
        for watcher in watchers { watcher.1.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.1.resume(throwing: CancellationError())
    }
  }

  /// Waits until so many sleep.
  func sleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let woken = state.sleepers.filter { $0.value.0 <= state.now }
      for id in woken.keys { state.sleepers[id] = nil }
      return woken.values.map(\.1)
    }
    for sleeper in woken { sleeper.resume() }
  }
}
