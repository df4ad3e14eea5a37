internal import Foundation
internal import PoptrainStore

// How calls become entries of the log.
extension LogStore {
  /// Computes a call on the ledger as the log has it, and returns when the log has what it changed. It may be computed more
  /// than once. Calls that come while an entry is being written go into the next one together.
  ///
  /// - Parameter mustWrite: whether an entry is written though nothing has changed.
  func perform<Answer>(
    writing mustWrite: Bool = false, _ body: @escaping (inout Ledger) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let call = ComputedCall(mustWrite, body)
    calls.append(call)
    if isWriting {
      await withCheckedContinuation { call.continuation = $0 }
      if let outcome = call.outcome { return try outcome.get() }
    }
    isWriting = true
    let together = calls
    calls = []
    do throws(StoreError) {
      try await write(together)
    } catch {
      for call in together { call.fail(error) }
    }
    for other in together where other !== call { other.continuation?.resume() }
    changed.advance(to: folded.ledger.version)
    isWriting = false
    if let next = calls.first {
      // It finds that nothing has come of its call yet, and writes for all that wait.
      isWriting = true
      next.continuation?.resume()
    }
    guard let outcome = call.outcome else { preconditionFailure("it was among those that were computed") }
    return try outcome.get()
  }

  private func write(_ calls: [any Call]) async throws(StoreError) {
    try await catchUp()
    while true {
      var trial = folded.ledger
      let givenUp = abandoned.count
      for decisions in abandoned { trial.forget(decisions) }
      for call in calls { call.compute(on: &trial) }
      let delta = trial.takeDelta(since: folded.ledger)
      if delta.isEmpty, !calls.contains(where: \.mustWrite) { return folded.take(trial) }
      let entry = folded.position.entry(delta, by: surroundings.process)
      var next = folded.position
      next.append(try entry.line(), entry)
      if try await log.create(entry, contents: next.block.contents, isDurable: isDurable) {
        folded.take(entry, next, trial)
        // Others may have been added meanwhile.
        abandoned.removeFirst(givenUp)
        return
      }
      try await catchUp(atLeast: entry.number)
    }
  }

  /// Folds what others have written.
  private func catchUp(atLeast known: Int = 0) async throws(StoreError) {
    let (isFirst, asked) = (folded.position.block.last == 0, folded.ledger.stopRequests)
    let lines = try await log.lines(from: folded.position.block.last + 1, atLeast: known)
    guard !lines.isEmpty else { return }
    for line in lines { watch.lives(try folded.fold(line, in: log.log).process) }
    // Those who come later are not meant.
    if isFirst { folded.endRests() } else if folded.ledger.stopRequests > asked { stopping.yield() }
    changed.advance(to: folded.ledger.version)
  }
}

/// A call of a store that is computed on a ledger.
protocol Call: AnyObject {
  var mustWrite: Bool { get }
  var continuation: CheckedContinuation<Void, Never>? { get }
  func compute(on ledger: inout Ledger)
  func fail(_ error: StoreError)
}

private final class ComputedCall<Answer>: Call {
  let mustWrite: Bool
  let body: (inout Ledger) throws(StoreError) -> Answer
  var outcome: Result<Answer, StoreError>?
  var continuation: CheckedContinuation<Void, Never>?

  init(_ mustWrite: Bool, _ body: @escaping (inout Ledger) throws(StoreError) -> Answer) {
    self.mustWrite = mustWrite
    self.body = body
  }

  func compute(on ledger: inout Ledger) {
    do throws(StoreError) { outcome = .success(try body(&ledger)) } catch { outcome = .failure(error) }
  }

  func fail(_ error: StoreError) { outcome = .failure(error) }
}
