internal import PoptrainRuns
internal import Foundation

internal import Glibc

extension RunDirectory {
  /// Keeps engines away by the run's lock. A run that several processes may train has none: then this only checks that no
  /// process trains it now.
  func takenFromEngines() throws(RunError) -> RunLock? {
    guard isShared else { return try RunLock(self) }
    guard try isAbandoned() else { throw .isTrained(path: shown) }
    return nil
  }
}

/// The right to write a run, held until it is released or the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: CInt

  /// Takes the lock of a folder. Where this throws, `deinit` closes what was opened.
  init(_ directory: RunDirectory) throws(RunError) {
    descriptor = open(directory.lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunError(writing: directory.shown, errno: errno)
    }
    var attempts = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      // Who asks for the status holds the lock for an instant.
      attempts += 1
      if errno == EWOULDBLOCK, attempts < 50 {
        usleep(10_000)
        continue
      }
      guard errno == EWOULDBLOCK else {
        throw RunError(writing: directory.shown, errno: errno)
      }
      let holder = (try? String(contentsOfFile: directory.lock, encoding: .utf8)) ?? ""
      throw .inUse(path: directory.shown, holder: holder.isEmpty ? "another process" : holder)
    }
    guard isInPlace(in: directory) else {
      throw .inUse(path: directory.shown, holder: "a process that was removing it just now")
    }
    let host = ProcessInfo.processInfo.hostName
    let holder = Array("process \(getpid()) on \(host), since \(Date().formatted(.iso8601))".utf8)
    ftruncate(descriptor, 0)
    _ = holder.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  deinit {
    release()
    close(descriptor)
  }

  /// Lets others take it, also while something still refers to it.
  func release() {
    // A process that is just being started has the descriptor too, until it is another program.
    flock(descriptor, LOCK_UN)
  }

  /// Whether the file that is locked is the one that others will find.
  private func isInPlace(in directory: RunDirectory) -> Bool {
    var (locked, found) = (stat(), stat())
    return fstat(descriptor, &locked) == 0 && lstat(directory.lock, &found) == 0
      && (locked.st_dev, locked.st_ino) == (found.st_dev, found.st_ino)
  }
}
