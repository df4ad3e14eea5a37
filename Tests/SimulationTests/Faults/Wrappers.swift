import PoptrainCheckpoints
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers

@testable import PoptrainSimulation

// What stands between the code under test and what it is given, so that a defect can be planted there. All of it runs
// on the thread of one simulation.

class WrappedStore: PopulationStore, @unchecked Sendable {
  let base: InMemoryStore
  /// The leases that were granted and have not ended.
  var open: [String: Lease] = [:]

  init(_ base: InMemoryStore) { self.base = base }

  func granted(_ grant: Grant?) {
    guard case .leases(let leases)? = grant else { return }
    for lease in leases { open[lease.token] = lease }
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = await base.lease(request)
    granted(grant)
    return grant
  }

  func heartbeat(_ token: String) async throws(StoreError) { try await base.heartbeat(token) }

  /// One after the other, so that a defect need only be planted in the completion of one.
  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    var completions: [Completion?] = []
    for (position, report) in reports.enumerated() {
      do throws(StoreError) {
        completions.append(try await complete(report, then: position == reports.count - 1 ? request : nil))
      } catch {
        guard case .superseded = error else { throw error }
        completions.append(nil)
      }
    }
    return completions
  }

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    let completion = try await base.complete(report, then: request)
    open[report.token] = nil
    granted(completion.grant)
    return completion
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    let completion = try await base.fail(report)
    open[report.token] = nil
    return completion
  }

  func release(_ token: String) async throws(StoreError) {
    try await base.release(token)
    open[token] = nil
  }

  func end(because reason: Population.Ending) async throws(StoreError) { await base.end(because: reason) }
  func warn(_ message: String) async throws(StoreError) { await base.warn(message) }
  func waitForChange(after version: Int) async { await base.waitForChange(after: version) }
  func population() async -> Population { await base.population() }
  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    await base.records(after: sequence)
  }
}

/// A store that writes something else into history than has happened.
final class LyingStore: WrappedStore, @unchecked Sendable {
  private let change: (inout HistoryRecord) -> Void

  init(_ base: InMemoryStore, _ change: @escaping (inout HistoryRecord) -> Void) {
    self.change = change
    super.init(base)
  }

  override func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    await base.records(after: sequence).map { record in
      var record = record
      change(&record)
      return record
    }
  }
}

class WrappedCalls: FileCalls, @unchecked Sendable {
  let base: any FileCalls

  init(_ base: any FileCalls) { self.base = base }

  func open(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt, mode: UInt32) -> CInt {
    base.open(at: folder, name, flags, mode: mode)
  }
  func close(_ descriptor: CInt) { base.close(descriptor) }
  func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int { base.read(descriptor, buffer) }
  func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int { base.write(descriptor, bytes) }
  func fsync(_ descriptor: CInt) -> CInt { base.fsync(descriptor) }
  func beginWriting(_ descriptor: CInt) -> CInt { base.beginWriting(descriptor) }
  func chmod(_ descriptor: CInt, _ mode: UInt32) -> CInt { base.chmod(descriptor, mode) }
  func chmod(at folder: CInt, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> CInt {
    base.chmod(at: folder, name, mode)
  }
  func status(_ descriptor: CInt) -> FileStatus? { base.status(descriptor) }
  func status(at folder: CInt, _ name: UnsafePointer<CChar>) -> FileStatus? { base.status(at: folder, name) }
  func names(in folder: CInt) -> [RawName]? { base.names(in: folder) }
  func makeFolder(_ path: String) -> CInt { base.makeFolder(path) }
  func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    base.unlink(at: folder, name, flags)
  }
  func symlink(to target: String, at path: String) -> CInt { base.symlink(to: target, at: path) }
  func rename(_ from: String, to path: String) -> CInt { base.rename(from, to: path) }
  func renameWithoutReplacing(_ from: String, to path: String) -> CInt {
    base.renameWithoutReplacing(from, to: path)
  }
}

/// Calls of which a flush of files, or of folders, does nothing.
final class CallsWithoutFlush: WrappedCalls, @unchecked Sendable {
  private let kind: FileStatus.Kind

  init(_ base: any FileCalls, of kind: FileStatus.Kind) {
    self.kind = kind
    super.init(base)
  }

  override func fsync(_ descriptor: CInt) -> CInt {
    base.status(descriptor)?.kind == kind ? 0 : base.fsync(descriptor)
  }
}

/// Calls that remove nothing.
final class CallsWithoutRemoving: WrappedCalls, @unchecked Sendable {
  override func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    // The link `best` is made anew each time.
    String(cString: name).hasSuffix(".best.new") ? base.unlink(at: folder, name, flags) : 0
  }
}

/// Checkpoints that are published before they are what was saved.
final class HastyCheckpoints: CheckpointStorage, @unchecked Sendable {
  private let base: CheckpointFolder

  init(_ base: CheckpointFolder) { self.base = base }

  func path(of checkpoint: CheckpointID) -> String { base.path(of: checkpoint) }
  func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String { try base.begin(checkpoint) }
  func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {}
  func verify(_ checkpoint: CheckpointID) throws(CheckpointError) {}
  func discard(_ checkpoint: CheckpointID) throws(CheckpointError) { try base.discard(checkpoint) }
  func remove(_ checkpoint: CheckpointID) throws(CheckpointError) { try base.remove(checkpoint) }
  func pointBest(to checkpoint: CheckpointID) throws(CheckpointError) { try base.pointBest(to: checkpoint) }
}

class WrappedTrainer: Trainer, @unchecked Sendable {
  let base: SyntheticTrainer

  init(_ base: SyntheticTrainer) { self.base = base }

  func capacity() async -> Capacity { await base.capacity() }
  func train(
    _ batch: [Assignment], progress: @escaping @Sendable (Int, Int) -> Void
  ) async -> [TrainerOutcome] { await base.train(batch, progress: progress) }
  func requestStop() async { await base.requestStop() }
  func shutDown() async { await base.shutDown() }
}

/// A trainer that takes what it has in memory for what it is to go on from.
final class ForgetfulTrainer: WrappedTrainer, @unchecked Sendable {
  override func train(
    _ batch: [Assignment], progress: @escaping @Sendable (Int, Int) -> Void
  ) async -> [TrainerOutcome] {
    let held = await base.capacity().held.sorted()
    let batch = zip(batch, held + batch.map { _ in nil }).map { assignment, held in
      var assignment = assignment
      if let held { assignment.parent = held.description }
      return assignment
    }
    return await base.train(batch, progress: progress)
  }
}

/// A trainer that does not say that its process died.
final class BlamingTrainer: WrappedTrainer, @unchecked Sendable {
  override func train(
    _ batch: [Assignment], progress: @escaping @Sendable (Int, Int) -> Void
  ) async -> [TrainerOutcome] {
    await base.train(batch, progress: progress).map { outcome in
      guard case .failed(var failure) = outcome else { return outcome }
      failure.isOfProcess = false
      return .failed(failure)
    }
  }
}

/// A trainer that announces more than it takes.
final class BoastfulTrainer: WrappedTrainer, @unchecked Sendable {
  override func capacity() async -> Capacity {
    var capacity = await base.capacity()
    capacity.members += 1
    return capacity
  }
}
