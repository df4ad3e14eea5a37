import ArgumentParser
import CPoptrain
import Dispatch
import Foundation
import PoptrainRuns
import UnixSignals

struct WatchRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Watch a run that another process trains, as `run` shows it.",
    discussion: """
      poptrain watch runs/digits

      q or Ctrl-C leaves; the run is not touched. It ends by itself when the run is finished. If the run is stopped or \
      killed, it waits until the run is resumed. If the output is not a terminal, it prints lines, as `status -f` \
      does.
      """)

  @OptionGroup var argument: RunOption

  func run() async throws {
    var source = try RunSource(RunDirectory(place: argument.directory))
    guard Terminal.isInteractive else {
      try source.skip()
      return try await follow(source)
    }
    let (reasons, leaving) = AsyncStream<Leaving>.makeStream()
    let watcher = RunWatcher(source) { leaving.yield($0) }
    let losses = StandardOutput.outlive()
    let reading = Task {
      for await loss in losses { leaving.yield(.lost(loss)) }
    }
    let trapped = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
    let signals = Task {
      for await signal in trapped { leaving.yield(signal == .sigint ? .asked : .told(signal)) }
    }
    let keys = keys { if $0 == UInt8(ascii: "q") { leaving.yield(.asked) } }
    let reason = await redrawing {
      await watcher.draw(isContinued: $0)
    } while: {
      var first = reasons.makeAsyncIterator()
      return await first.next() ?? .asked
    }
    keys?.cancel()
    poptrain_return_keys()
    for task in [reading, signals] { task.cancel() }
    switch reason {
    case .asked, .finished: break
    case .failed(let error): throw error
    case .lost(let loss): StandardOutput.endProcess(after: loss)
    case .told(let signal): end(by: signal.rawValue)
    }
  }

  /// Ends this process as a signal does that nobody minds. This thread may have blocked it.
  private func end(by number: CInt) {
    signal(number, SIG_DFL)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, number)
    pthread_sigmask(SIG_UNBLOCK, &blocked, nil)
    raise(number)
  }

  /// Calls for every key that is pressed, where there are keys.
  private func keys(_ take: @escaping @Sendable (UInt8) -> Void) -> (any DispatchSourceRead)? {
    guard isatty(STDIN_FILENO) == 1, poptrain_take_keys(STDIN_FILENO) == 0 else { return nil }
    let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
    source.setEventHandler {
      var byte: UInt8 = 0
      if read(STDIN_FILENO, &byte, 1) == 1 { take(byte) }
    }
    source.activate()
    return source
  }
}

/// Why somebody stops watching.
enum Leaving: Sendable {
  case asked
  case finished
  case failed(RunError)
  case told(UnixSignal)
  case lost(StandardOutput.Loss)
}
