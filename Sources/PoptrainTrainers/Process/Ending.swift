internal import PoptrainText
internal import Glibc

extension TrainerProcess {
  /// How a process ended; described in words that follow its name.
  enum Ending: Hashable, Sendable, CustomStringConvertible {
    case exited(Int)
    case killed(signal: Int)
    case unknown(String)

    var description: String {
      switch self {
      case .exited(126): "exited with status 126: a program could not be executed"
      case .exited(127): "exited with status 127: a program was not found"
      case .exited(let status):
        "exited with status \(status)"
          + (signal.map { ", by which a shell tells that its program was ended by \(Self.name(ofSignal: $0))" } ?? "")
      case .killed(let signal): "was ended by \(Self.name(ofSignal: signal))"
      case .unknown(let error): "could not be waited for: \(error)"
      }
    }

    /// How it ended, with what its last words say of the cause in front.
    ///
    /// - Parameter process: the name that the description follows, and perhaps more before it.
    func told(of process: String, lastWords lines: [String]) -> String {
      let how = "\(process) \(self)"
      switch signal.map(Int32.init(truncatingIfNeeded:)) {
      case nil:
        switch LastWords.cause(in: lines) {
        case .error(let cause): return "\(cause.shortened(to: 300)) (\(how))"
        case .lastLine(let line): return "\(line.shortened(to: 300)) (the last line that it printed; \(how))"
        case nil: return how
        }
      // It comes from outside.
      case SIGKILL: return how
      // An exception ends a program in good order: one that was printed before was another matter.
      default: return LastWords.crash(in: lines).map { "\($0.shortened(to: 300)) (\(how))" } ?? how
      }
    }

    /// The exit status, or minus the signal.
    var status: Int? {
      switch self {
      case .exited(let status): status
      case .killed(let signal): -signal
      case .unknown: nil
      }
    }

    /// The signal that ended the program, or that of a shell, whose status tells it.
    private var signal: Int? {
      switch self {
      case .killed(let signal): signal
      case .exited(let status): Self.names[Int32(truncatingIfNeeded: status - 128)] == nil ? nil : status - 128
      case .unknown: nil
      }
    }

    private static func name(ofSignal signal: Int) -> String {
      guard let (name, meaning) = names[Int32(truncatingIfNeeded: signal)] else { return "signal \(signal)" }
      return "signal \(signal) (\(name))\(meaning.isEmpty ? "" : ": \(meaning)")"
    }

    private static let names: [Int32: (name: String, meaning: String)] = [
      SIGHUP: ("SIGHUP", ""), SIGINT: ("SIGINT", ""), SIGQUIT: ("SIGQUIT", ""),
      SIGILL: ("SIGILL", "an illegal instruction"),
      SIGTRAP: ("SIGTRAP", "a check of its own failed"), SIGABRT: ("SIGABRT", "it called abort"),
      SIGBUS: ("SIGBUS", "a file in its memory was cut off, or /dev/shm is full"),
      SIGFPE: ("SIGFPE", "a division by zero or the like"),
      SIGKILL: ("SIGKILL", "often the kernel, out of memory"), SIGSEGV: ("SIGSEGV", "a segmentation fault"),
      SIGUSR1: ("SIGUSR1", ""), SIGUSR2: ("SIGUSR2", ""), SIGPIPE: ("SIGPIPE", "it wrote to a closed pipe"),
      SIGALRM: ("SIGALRM", ""), SIGTERM: ("SIGTERM", ""), SIGSYS: ("SIGSYS", "a system call that is forbidden here"),
      SIGXCPU: ("SIGXCPU", "its limit of processor time"), SIGXFSZ: ("SIGXFSZ", "a file became too large"),
    ]
  }
}
