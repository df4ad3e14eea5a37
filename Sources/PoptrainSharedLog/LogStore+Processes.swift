internal import Foundation
internal import PoptrainStore

// What a process does about others that share the run.
extension LogStore {
  /// Looks at what others have written, often while somebody waits for it. Says that this process lives, and looks whether
  /// others do.
  package func lookAround() async {
    let now = surroundings.monotonicNow()
    if waiters > 0 || now >= nextBeat { try? await perform { _ in } }
    guard now >= nextBeat else { return }
    nextBeat = now + ProcessWatch.beat
    try? await beat()
    try? await look(at: watch.next(among: folded.ledger.processesAtWork, besides: surroundings.process))
  }

  /// Says that this process lives.
  func beat() async throws(StoreError) {
    beats += 1
    try await log.beat(surroundings.process, beats)
  }

  /// Releases what dead processes hold, unless another one lives. It takes a minute to be sure that a process is dead.
  func releaseTheDead() async throws(StoreError) {
    let end = surroundings.monotonicNow() + ProcessWatch.patience + 2 * ProcessWatch.beat
    while surroundings.monotonicNow() < end {
      let others = watch.next(among: folded.ledger.processesAtWork, besides: surroundings.process)
      guard !others.isEmpty, !watch.isAnyAlive else { return }
      try await look(at: others)
      try? await clock.sleep(for: .seconds(ProcessWatch.beat))
    }
  }

  /// Removes what those have said last of their lives that were killed long ago, by the clock of the place alone. Of one that
  /// only slept, it is there again after its next beat.
  func forgetTheDead() async throws(StoreError) {
    try await beat()
    let pulses = try await log.pulses()
    guard let mine = pulses.first(where: { $0.process == surroundings.process }) else { return }
    for pulse in pulses where mine.saidAt.timeIntervalSince(pulse.saidAt) > ProcessWatch.patience {
      try await log.leave(pulse.process)
    }
  }

  /// Looks whether processes live, and releases what those hold that are presumed dead.
  private func look(at processes: [String]) async throws(StoreError) {
    var dead: Set<String> = []
    for process in processes {
      let count = try await log.pulse(of: process)
      if watch.saw(process, count, at: surroundings.monotonicNow()) { dead.insert(process) }
    }
    guard !dead.isEmpty else { return }
    let released = dead
    try await perform { ledger in ledger.releaseAll(of: released) }
    for process in dead { try await log.leave(process) }
  }
}
