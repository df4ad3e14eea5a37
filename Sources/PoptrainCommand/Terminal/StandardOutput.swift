import Foundation
import Synchronization

/// Standard output. A command that reads ends where it cannot be written; one that trains goes on, and says so at its end.
enum StandardOutput {
  /// What may become of it.
  enum Loss: Sendable {
    /// The reader has closed the pipe.
    case closed
    /// It cannot be written, such as to a full disk.
    case failed
  }

  private struct State {
    /// Why not all of it was written, other than that its reader has gone.
    var failure: String?
    /// Receives failed writes once `outlive()` was called.
    var losses: AsyncStream<Loss>.Continuation?
  }

  private static let state = Mutex(State())

  /// Why not all that was printed could be written.
  static var failure: String? { state.withLock { $0.failure } }

  /// From now on a failed write does not end the process.
  ///
  /// - Returns: the failed writes.
  static func outlive() -> AsyncStream<Loss> {
    signal(SIGPIPE, SIG_IGN)
    let (stream, losses) = AsyncStream<Loss>.makeStream()
    state.withLock { $0.losses = losses }
    return stream
  }

  static func write(_ data: Data) {
    guard let reason = data.withUnsafeBytes(firstError(writing:)) else { return }
    let loss: Loss = reason == EPIPE ? .closed : .failed
    let losses = state.withLock { state in
      if loss == .failed, state.failure == nil { state.failure = String(cString: strerror(reason)) }
      return state.losses
    }
    if let losses { losses.yield(loss) } else { endProcess(after: loss) }
  }

  /// Ends this process: as others end whose reader has gone, or with a message.
  static func endProcess(after loss: Loss) -> Never {
    if loss == .closed {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    complainOfFailure()
    ExitStatus.outputFailed.exit()
  }

  /// Says that not all could be written, where that is so.
  static func complainOfFailure() {
    if let failure { complain("error: standard output cannot be written: \(failure)") }
  }

  private static func firstError(writing bytes: UnsafeRawBufferPointer) -> CInt? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = systemWrite(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest))
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody who shares the pipe wants not to wait; we do.
        var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }
}

/// Has every standard descriptor name something, so that no file of a run takes the place of one that is closed.
func holdStandardDescriptors() {
  // Opened the wrong way round, so that what is written to one is still an error. The lowest that is free is taken.
  for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
  where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", mode)
  }
}

// Within a type that has a function of this name, the system's is hidden.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
