internal import Dispatch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Waits for descriptors, without blocking the threads that all tasks share.
struct DescriptorWaiter: Sendable {
  private let queue = DispatchQueue(label: "poptrain.descriptors")

  /// Waits until one of the descriptors is ready, and says which are. None: the time is over.
  ///
  /// A task that prefers an executor, as a worker's does, blocks the thread of that: to wake it is one switch of threads
  /// less than to be told by another. Any other waits for a thread of its own.
  ///
  /// - Parameter events: what to wait for, such as `POLLIN`, of each descriptor.
  func wait(for descriptors: [(CInt, events: CInt)], until deadline: ContinuousClock.Instant) async -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0.0, events: Int16($0.events), revents: 0) }
    // Most often something is there already, or nobody means to wait.
    if poll(&entries, nfds_t(entries.count), 0) <= 0, deadline > .now {
      let waiting = entries
      let hasThread = withUnsafeCurrentTask { $0?.unownedTaskExecutor != nil }
      if hasThread {
        entries = await blocking(waiting, until: deadline)
      } else {
        entries = await withCheckedContinuation { continuation in
          queue.async { @Sendable in continuation.resume(returning: polled(waiting, until: deadline)) }
        }
      }
    }
    return entries.map { $0.revents != 0 }
  }

  /// Away from the actor that asked, so that others may call it meanwhile.
  @concurrent private func blocking(_ entries: [pollfd], until deadline: ContinuousClock.Instant) async -> [pollfd] {
    polled(entries, until: deadline)
  }
}

private func polled(_ entries: [pollfd], until deadline: ContinuousClock.Instant) -> [pollfd] {
  var entries = entries
  while true {
    let left = ContinuousClock.now.duration(to: deadline)
    let milliseconds = min(max(left / .milliseconds(1), 0).rounded(.up), 3_600_000)
    let count = poll(&entries, nfds_t(entries.count), CInt(milliseconds))
    if count > 0 || (count == 0 && ContinuousClock.now >= deadline) { return entries }
  }
}
