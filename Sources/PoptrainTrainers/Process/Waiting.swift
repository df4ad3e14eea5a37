internal import Dispatch

internal import Glibc

/// Waits for descriptors on a thread of its own, so that no task blocks.
struct DescriptorWaiter: Sendable {
  private let queue = DispatchQueue(label: "poptrain.descriptors")

  /// Waits until one of the descriptors is ready, and says which are. None: the time is over.
  ///
  /// - Parameter events: what to wait for, such as `POLLIN`, of each descriptor.
  func wait(for descriptors: [(CInt, events: CInt)], until deadline: RunningClock.Instant) async -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0.0, events: Int16($0.events), revents: 0) }
    // Most often something is there already, or nobody means to wait.
    if poll(&entries, nfds_t(entries.count), 0) <= 0, deadline > .now {
      let waiting = entries
      entries = await withCheckedContinuation { continuation in
        queue.async { @Sendable in
          var entries = waiting
          while true {
            // A second at most: a call that waits does not notice that the clock stood still.
            let left = deadline - .now
            let milliseconds = min(max(left / .milliseconds(1), 0).rounded(.up), 1000)
            let count = poll(&entries, nfds_t(entries.count), CInt(milliseconds))
            if count > 0 || (count == 0 && RunningClock.Instant.now >= deadline) { break }
          }
          continuation.resume(returning: entries)
        }
      }
    }
    return entries.map { $0.revents != 0 }
  }
}
