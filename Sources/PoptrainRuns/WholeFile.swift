internal import CPoptrain
internal import PoptrainCheckpoints
internal import PoptrainStore
internal import Foundation

internal import Glibc

/// Files and folders that are under their name wholly, and flushed to the disk, or not at all.
package enum WholeFile {
  /// Writes a file, in the place of one that there may be. Links are followed; devices and pipes are written to.
  package static func write(_ text: String, to path: String) throws(RunError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return try write(text, into: path) }
    let file = resolved(path)
    let aside = besides(file)
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw RunError(writing: path, errno: errno) }
    let isWritten = writeAll(Array(text.utf8), to: descriptor) && fsync(descriptor) == 0
    let reason = errno
    guard close(descriptor) == 0 && isWritten else { throw failed(path, aside, isWritten ? errno : reason) }
    guard rename(aside, file) == 0 else { throw failed(path, aside, errno) }
  }

  /// Where a link leads to; the path itself if it is no link, or one that leads nowhere.
  private static func resolved(_ path: String) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let file = realpath(path, nil) else {
      return path
    }
    defer { free(file) }
    return String(cString: file)
  }

  /// Writes to what is no file that another one could replace.
  private static func write(_ text: String, into path: String) throws(RunError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RunError(writing: path, errno: errno) }
    let isWritten = writeAll(Array(text.utf8), to: descriptor)
    let reason = errno
    guard close(descriptor) == 0 && isWritten else { throw RunError(writing: path, errno: isWritten ? errno : reason) }
  }

  /// Writes new files into a folder, which is made where there is none: all of them, or none.
  package static func write(_ files: [String: String], into folder: String) throws(RunError) {
    let manager = FileManager.default
    let isNew = !manager.fileExists(atPath: folder)
    var written: [String] = []
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        try write(text, to: "\(folder)/\(name)")
        written.append(name)
      }
    } catch {
      for path in isNew ? [folder] : written.map({ "\(folder)/\($0)" }) { try? manager.removeItem(atPath: path) }
      throw RunError(writing: folder, error)
    }
  }

  /// Makes what has a path, which is not to exist.
  ///
  /// - Parameter make: makes it under another name in the same folder.
  static func make(_ path: String, _ make: (String) throws -> Void) throws(RunError) {
    let aside = besides(path)
    do {
      try make(aside)
      try flushTree(aside)
    } catch {
      remove(aside)
      throw RunError(writing: path, error)
    }
    guard poptrain_publish_folder(aside, path) == 0 else {
      let reason = errno
      remove(aside)
      throw RunError(writing: path, errno: reason)
    }
  }

  /// Removes a folder, of which some may be as read-only as what it was made from.
  private static func remove(_ folder: String) {
    let files = FileManager.default
    for name in [""] + (files.subpaths(atPath: folder) ?? []) {
      try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(name)")
    }
    try? files.removeItem(atPath: folder)
  }

  private static func besides(_ path: String) -> String {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return (path.contains("/") ? folder + "/" : "") + ".poptrain-\(UUID().uuidString)"
  }

  private static func failed(_ path: String, _ aside: String, _ reason: CInt) -> RunError {
    try? FileManager.default.removeItem(atPath: aside)
    return RunError(writing: path, errno: reason)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
      guard count >= 0 || errno == EINTR else { return false }
      rest = rest.dropFirst(max(count, 0))
    }
    return true
  }

  /// Flushes a folder with all that is in it.
  private static func flushTree(_ folder: String) throws {
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) + [""] { try flush("\(folder)/\(name)") }
  }

  /// Flushes a file, or the names in a folder.
  static func flush(_ path: String) throws(RunError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else { throw RunError(writing: path, errno: errno) }
  }
}

// Within a type that has a function of this name, the system's is hidden.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

extension RunError {
  /// What a failed call of the system has left in `errno`.
  package init(writing path: String, errno reason: CInt) {
    let words = String(cString: strerror(reason))
    self =
      [ENOSPC, EDQUOT, EIO, EFBIG].contains(reason)
      ? .writeFailed(path: path, reason: words) : .cannotWrite(path: path, reason: words)
  }

  /// An error from writing, in words.
  package init(writing path: String, _ error: any Error) {
    switch error {
    case RunError.writeFailed(_, let reason): self = .writeFailed(path: path, reason: reason)
    case let error as RunError: self = error
    case CheckpointError.noAnswer(let reason): self = .store(.noAnswer(reason))
    case CheckpointError.diskFull, CheckpointError.notFlushed: self = .writeFailed(path: path, reason: "\(error)")
    case let error as CheckpointError: self = .cannotWrite(path: path, reason: "\(error)")
    case CocoaError.fileWriteOutOfSpace: self.init(writing: path, errno: ENOSPC)
    default:
      if let underlying = (error as? CocoaError)?.underlying as? POSIXError {
        self.init(writing: path, errno: underlying.code.rawValue)
      } else {
        self = .cannotWrite(path: path, reason: error.localizedDescription)
      }
    }
  }
}
