import PoptrainStoreTesting
import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Synchronization
import Testing
import PoptrainTrainers

@testable import PoptrainStore
@testable import PoptrainWorker

@Suite(.timeLimit(.minutes(20)))
struct `The lease of a worker` {
  @Test func `that was taken over harms nothing`() async throws {
    let run = try TestRun()
    let began = Gate()
    let goOn = Gate()
    let paused = run.worker(
      SwiftTrainer { assignment in
        began.open()
        await goOn.pass()
        return try SwiftTrainer.train(assignment)
      }, name: "paused")
    async let ending = paused.run()
    await began.pass()
    // Its heart does not beat, since its clock stands still.
    run.now.advance(by: 61)
    #expect(await run.worker(SwiftTrainer(), name: "other").run() == .finished)
    goOn.open()
    #expect(await ending == .finished)
    let intervals = await run.intervals
    #expect(intervals.count == 24 && intervals.allSatisfy { $0.worker == "other" })
    #expect(await run.attempts.isEmpty)
    try await run.expectTidy()
  }

  @Test func `is taken over by one that waits once it has expired`() async throws {
    let run = try TestRun(members: 2, intervals: 1)
    for name in ["a", "b"] { _ = await run.store.lease(LeaseRequest(worker: name, capacity: 1)) }
    let clock = TestClock()
    async let ending = run.worker(SwiftTrainer(), clock: clock).run()
    // Its heart, and its wait.
    await clock.sleepers(2)
    run.now.advance(by: 61)
    clock.advance(by: .seconds(20))
    #expect(await ending == .finished)
    #expect(await run.intervals.count == 2)
  }

  @Test func `that expired while its trainer started is not trained twice at once`() async throws {
    let run = try TestRun(members: 2, intervals: 2)
    // Nobody else is ready, so the worker itself takes the member over, of which it has the expired lease.
    _ = await run.store.lease(LeaseRequest(worker: "dead", capacity: 1))
    let hasStarted = Mutex(false)
    let trainer = BatchTrainer(
      capacity: 4,
      start: {
        let isFirst = hasStarted.withLock { hasStarted in
          defer { hasStarted = true }
          return !hasStarted
        }
        if isFirst { run.now.advance(by: 61) }
      })
    #expect(await run.worker(trainer).run() == .finished)
    #expect(trainer.batches.first?.sorted() == [0, 1])
    #expect(trainer.batches.allSatisfy { Set($0).count == $0.count }, "\(trainer.batches)")
    #expect(await run.intervals.count == 4)
    #expect(await run.attempts.isEmpty)
    try await run.expectTidy()
  }

  @Test func `lasts as long as the trainer trains`() async throws {
    let run = try TestRun(members: 2, intervals: 1)
    let began = Gate()
    let goOn = Gate()
    let clock = TestClock()
    let store = WatchedStore(run.store)
    let worker = run.worker(
      SwiftTrainer { assignment in
        guard assignment.member == 0 else { return try SwiftTrainer.train(assignment) }
        began.open()
        await goOn.pass()
        return try SwiftTrainer.train(assignment)
      }, store: store, clock: clock)
    async let ending = worker.run()
    await began.pass()
    // The first heartbeat is lost, which does no harm.
    await beat(9, run, clock, store)
    await expectLeased(0, in: run)
    goOn.open()
    await worker.stop(.afterInterval)
    #expect(await ending == .stopped)
    #expect(await run.intervals.map(\.member) == [0])
  }

  /// As many as there are threads for all tasks.
  @Test func `lasts while trainers hold up the threads of their workers, and others work on`() async throws {
    let blocked = ProcessInfo.processInfo.activeProcessorCount
    let run = try TestRun(members: blocked + 2, intervals: 4)
    let clock = TestClock()
    let goOn = DispatchSemaphore(value: 0)
    let trained = Gate()
    let endings = try await withThrowingTaskGroup(of: WorkerLoop.Ending.self) { group in
      for index in 0..<blocked {
        let holding = Gate()
        let trainer = SwiftTrainer { assignment in
          if assignment.number == 1 {
            holding.open()
            goOn.wait()
          }
          return try SwiftTrainer.train(assignment)
        }
        group.addTask { await run.worker(trainer, name: "blocked-\(index)", clock: clock).run() }
        await holding.pass()
      }
      for _ in 1...5 {
        await clock.sleepers(blocked)
        run.now.advance(by: 20)
        clock.advance(by: .seconds(20))
      }
      await clock.sleepers(blocked)
      let left = Mutex(8)
      let other = run.worker(SwiftTrainer(), name: "other", clock: ContinuousClock()) { news in
        guard case .recorded = news else { return }
        let isLast = left.withLock { left in
          left -= 1
          return left == 0
        }
        if isLast { trained.open() }
      }
      group.addTask { await other.run() }
      await trained.pass()
      for _ in 0..<blocked { goOn.signal() }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(endings == Array(repeating: .finished, count: blocked + 1))
    let first = await run.intervals.filter { $0.number == 1 }.sorted { $0.member < $1.member }
    #expect(first.map(\.worker) == (0..<blocked).map { "blocked-\($0)" } + ["other", "other"])
  }

  @Test func `lasts while a checkpoint is published`() async throws {
    let run = try TestRun(members: 2, intervals: 1)
    let clock = TestClock()
    let publishing = Gate()
    let goOn = DispatchSemaphore(value: 0)
    let checkpoints = WatchedCheckpoints(
      run.checkpoints,
      publish: {
        publishing.open()
        goOn.wait()
      })
    let store = WatchedStore(run.store)
    let worker = run.worker(SwiftTrainer(), store: store, checkpoints: checkpoints, clock: clock)
    async let ending = worker.run()
    await publishing.pass()
    await beat(5, run, clock, store)
    await expectLeased(0, in: run)
    await worker.stop(.afterInterval)
    goOn.signal()
    #expect(await ending == .stopped)
    #expect(await run.intervals.map(\.member) == [0])
    try await run.expectTidy()
  }

  /// Lets so many heartbeats come and go.
  private func beat(_ count: Int, _ run: TestRun, _ clock: TestClock, _ store: WatchedStore) async {
    for _ in 0..<count {
      await clock.sleepers(1)
      run.now.advance(by: 20)
      clock.advance(by: .seconds(20))
      await store.beat()
    }
  }

  /// Expects that of two members this one is leased.
  private func expectLeased(_ member: Member.ID, in run: TestRun) async {
    #expect(await run.store.lease(LeaseRequest(worker: "x", capacity: 1)).members == [1 - member])
    guard case .wait = await run.store.lease(LeaseRequest(worker: "x", capacity: 1)) else {
      Issue.record("the lease had expired")
      return
    }
  }
}

struct `The housekeeper` {
  @Test func `points at the best of the latest completion, whatever the order in which they come`() async throws {
    let run = try TestRun()
    let ids = (1...3).map { CheckpointID(member: 0, number: $0, token: "t") }
    for id in ids {
      let folder = try run.checkpoints.begin(id)
      try "x".write(toFile: folder + "/model", atomically: false, encoding: .utf8)
      try run.checkpoints.publish(id)
    }
    func tidy(_ sequence: Int, best: CheckpointID?) async throws {
      try await run.housekeeper.tidy(
        after: Completion(sequence: sequence, interval: nil, decisions: [], collected: [], best: best, grant: nil))
    }
    func best() throws -> String {
      try FileManager.default.destinationOfSymbolicLink(atPath: run.path + "/best")
    }
    try await tidy(3, best: ids[0])
    #expect(try best() == "checkpoints/0-1-t")
    try await tidy(9, best: ids[2])
    try await tidy(6, best: ids[0])
    try await tidy(10, best: nil)
    #expect(try best() == "checkpoints/0-3-t")
  }
}

extension Grant {
  var members: [Member.ID] { if case .leases(let leases) = self { leases.map(\.member) } else { [] } }
}

/// A store that loses the first heartbeat, and tells of each.
final class WatchedStore: WrappedStore {
  let base: InMemoryStore
  private let isFirst = Mutex(true)
  private let beats: AsyncStream<Void>
  private let beating: AsyncStream<Void>.Continuation

  init(_ base: InMemoryStore) {
    self.base = base
    (beats, beating) = AsyncStream.makeStream()
  }

  /// Waits for the next heartbeat.
  func beat() async { for await _ in beats { return } }

  func heartbeat(_ token: String) async throws(StoreError) {
    defer { beating.yield() }
    let isLost = isFirst.withLock { isFirst in
      defer { isFirst = false }
      return isFirst
    }
    if isLost { throw .unavailable("busy") }
    try await base.heartbeat(token)
  }
}
