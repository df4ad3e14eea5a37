internal import CPoptrain
internal import Foundation
internal import Glibc
internal import PoptrainRuns

/// The engine that trains a run: a process that holds the lock of its folder.
struct RunHolder {
  /// What it calls itself: process, host and when it took the lock.
  let name: String
  private let process: pid_t
  private let host: String

  /// What the lock of a run says of who holds it.
  init(_ directory: RunDirectory) throws(RunError) {
    let text = directory.isLocked ? try? String(contentsOfFile: directory.lock, encoding: .utf8) : nil
    guard let text, let found = text.wholeMatch(of: /process (\d{1,9}) on (.{1,255}), since .*/),
      let process = pid_t(found.1)
    else { throw .cannotStop("\(directory.shown) is not being trained, so there is nothing to stop") }
    name = text
    self.process = process
    host = String(found.2)
  }

  /// Asks the engine to stop. Process ids are used again, so it is another process only where that holds the very lock.
  func stop(_ directory: RunDirectory) throws(RunError) {
    guard host == ProcessInfo.processInfo.hostName else {
      throw .cannotStop("\(directory.shown) is trained on \(host); stop it there, with: kill -TERM \(process)")
    }
    // From here on it names this process, even after that has ended.
    let descriptor = poptrain_open_process(process)
    guard descriptor >= 0 else { throw unknown(directory) }
    defer { close(descriptor) }
    guard holds(directory) else { throw unknown(directory) }
    guard poptrain_signal_process(descriptor, SIGTERM) == 0 else {
      throw .cannotStop("process \(process) cannot be stopped from here: \(String(cString: strerror(errno)))")
    }
  }

  private func unknown(_ directory: RunDirectory) -> RunError {
    .cannotStop(
      """
      \(directory.shown) is being trained, but not by process \(process) as seen from here: it may run in another \
      container, or as another user; stop it where it was started, with Ctrl-C
      """)
  }

  /// Whether the process holds the lock: one of its files is that of the lock, and has a lock on it.
  private func holds(_ directory: RunDirectory) -> Bool {
    var locked = stat()
    guard stat(directory.lock, &locked) == 0 else { return false }
    let folder = "/proc/\(process)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd")) ?? []
    return names.contains { name in
      var file = stat()
      guard stat("\(folder)/fd/\(name)", &file) == 0,
        (file.st_dev, file.st_ino) == (locked.st_dev, locked.st_ino),
        let about = try? String(contentsOfFile: "\(folder)/fdinfo/\(name)", encoding: .utf8)
      else { return false }
      return about.split(separator: "\n").contains { $0.hasPrefix("lock:") && $0.contains("WRITE") }
    }
  }
}
