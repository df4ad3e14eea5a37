import PoptrainStoreTesting
import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Synchronization
import Testing
import PoptrainTrainers

@testable import PoptrainWorker

@Suite(.timeLimit(.minutes(20)))
struct `Stopping a worker` {
  @Test func `after the interval finishes that interval`() async throws {
    let run = try TestRun()
    let began = Gate()
    let goOn = Gate()
    let trainer = SwiftTrainer { assignment in
      began.open()
      await goOn.pass()
      return try SwiftTrainer.train(assignment)
    }
    let worker = run.worker(trainer)
    async let ending = worker.run()
    await began.pass()
    await worker.stop(.afterInterval)
    await trainer.stopRequested.pass()
    goOn.open()
    #expect(await ending == .stopped)
    #expect(await run.intervals.count == 1)
    #expect(await run.store.population().count(.leased) == 0)
    try await run.expectTidy()
  }

  @Test func `now gives the interval back and charges nobody`() async throws {
    let run = try TestRun()
    let began = Gate()
    let worker = Mutex<Worker?>(nil)
    let ended = Gate()
    let trainer = SwiftTrainer { assignment in
      try SwiftTrainer.save("half", "half", assignment)
      began.open()
      await ended.pass()
      return .failed(TrainerFailure(.exited, "it was ended"))
    }
    worker.withLock { $0 = run.worker(trainer) }
    let running = try #require(worker.withLock { $0 })
    async let ending = running.run()
    await began.pass()
    await running.stop(.now)
    await trainer.isShutDown.pass()
    ended.open()
    #expect(await ending == .stopped)
    let population = await run.store.population()
    #expect(population.count(.ready) == 6)
    #expect(await run.intervals.isEmpty)
    #expect(await run.attempts.isEmpty)
    try await run.expectTidy()
  }

  @Test func `before it began takes nothing`() async throws {
    let run = try TestRun()
    let trainer = SwiftTrainer()
    let worker = run.worker(trainer)
    await worker.stop(.afterInterval)
    #expect(await worker.run() == .stopped)
    #expect(trainer.assignments.isEmpty)
    #expect(await run.store.population().count(.ready) == 6)
    try await run.expectTidy()
  }

  @Test func `between preparing and training does not begin to train`() async throws {
    let run = try TestRun()
    let trainer = SwiftTrainer()
    let stopping = Mutex<Worker?>(nil)
    let checkpoints = WatchedCheckpoints(
      run.checkpoints,
      begin: {
        let worker = stopping.withLock { $0 }
        let done = DispatchSemaphore(value: 0)
        Task {
          await worker?.stop(.afterInterval)
          done.signal()
        }
        done.wait()
      })
    let worker = run.worker(trainer, checkpoints: checkpoints)
    stopping.withLock { $0 = worker }
    #expect(await worker.run() == .stopped)
    #expect(trainer.assignments.isEmpty)
    #expect(await run.store.population().count(.ready) == 6)
    try await run.expectTidy()
  }

  @Test func `wakes it where it waits`() async throws {
    let run = try TestRun(members: 2)
    for name in ["a", "b"] { _ = await run.store.lease(LeaseRequest(worker: name, capacity: 1)) }
    let clock = TestClock()
    let worker = run.worker(SwiftTrainer(), clock: clock)
    async let ending = worker.run()
    await clock.sleepers(1)
    await worker.stop(.afterInterval)
    #expect(await ending == .stopped)
  }
}

/// Checkpoints that call a test while they are worked on.
struct WatchedCheckpoints: CheckpointStorage {
  private let folder: CheckpointFolder
  private let onBegin: @Sendable () -> Void
  private let onPublish: @Sendable () -> Void

  init(
    _ folder: CheckpointFolder, begin: @escaping @Sendable () -> Void = {}, publish: @escaping @Sendable () -> Void = {}
  ) {
    self.folder = folder
    onBegin = begin
    onPublish = publish
  }

  func path(of checkpoint: CheckpointID) -> String { folder.path(of: checkpoint) }

  func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String {
    onBegin()
    return try folder.begin(checkpoint)
  }

  func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {
    onPublish()
    try folder.publish(checkpoint)
  }

  func verify(_ checkpoint: CheckpointID) throws(CheckpointError) { try folder.verify(checkpoint) }
  func discard(_ checkpoint: CheckpointID) throws(CheckpointError) { try folder.discard(checkpoint) }
  func remove(_ checkpoint: CheckpointID) throws(CheckpointError) { try folder.remove(checkpoint) }
  func pointBest(to checkpoint: CheckpointID) throws(CheckpointError) { try folder.pointBest(to: checkpoint) }
}
