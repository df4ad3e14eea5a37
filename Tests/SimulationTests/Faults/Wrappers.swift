import PoptrainCheckpoints
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers

@testable import PoptrainSimulation

// What stands between the code under test and what it is given, so that a defect can be planted there.

/// One on a single machine.
protocol WrappedTrackedStore: WrappedStore where Base == TrackedStore {
  /// A defect need only be planted in the completion of one.
  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion
}

extension WrappedTrackedStore {
  /// One after the other.
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
    try await base.complete(report, then: request)
  }
}

/// Calls that do what their base does, but for what they do themselves.
protocol WrappedCalls: FileCalls {
  var base: any FileCalls { get }
}

extension WrappedCalls {
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
struct CallsWithoutFlush: WrappedCalls {
  let base: any FileCalls
  let kind: FileStatus.Kind

  func fsync(_ descriptor: CInt) -> CInt {
    base.status(descriptor)?.kind == kind ? 0 : base.fsync(descriptor)
  }
}

/// Calls that remove nothing.
struct CallsWithoutRemoving: WrappedCalls {
  let base: any FileCalls

  func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    // The link `best` is made anew each time.
    String(cString: name).hasSuffix(".best.new") ? base.unlink(at: folder, name, flags) : 0
  }
}

/// Checkpoints that are published before they are what was saved.
struct HastyCheckpoints: CheckpointStorage {
  let base: CheckpointFolder

  func path(of checkpoint: CheckpointID) -> String { base.path(of: checkpoint) }
  func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String { try base.begin(checkpoint) }
  func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {}
  func verify(_ checkpoint: CheckpointID) throws(CheckpointError) {}
  func discard(_ checkpoint: CheckpointID) throws(CheckpointError) { try base.discard(checkpoint) }
  func remove(_ checkpoint: CheckpointID) throws(CheckpointError) { try base.remove(checkpoint) }
  func pointBest(to checkpoint: CheckpointID) throws(CheckpointError) { try base.pointBest(to: checkpoint) }
}

/// A trainer that does what its base does, but for what it does itself.
protocol WrappedTrainer: Trainer {
  var base: SyntheticTrainer { get }
}

extension WrappedTrainer {
  func capacity() async -> Capacity { await base.capacity() }
  func train(
    _ batch: [Assignment], progress: @escaping @Sendable (Int, Int) -> Void
  ) async -> [TrainerOutcome] { await base.train(batch, progress: progress) }
  func requestStop() async { await base.requestStop() }
  func shutDown() async { await base.shutDown() }
}

/// A trainer that takes what it has in memory for what it is to go on from.
struct ForgetfulTrainer: WrappedTrainer {
  let base: SyntheticTrainer

  func train(
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
struct BlamingTrainer: WrappedTrainer {
  let base: SyntheticTrainer

  func train(
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
struct BoastfulTrainer: WrappedTrainer {
  let base: SyntheticTrainer

  func capacity() async -> Capacity {
    var capacity = await base.capacity()
    capacity.members += 1
    return capacity
  }
}
