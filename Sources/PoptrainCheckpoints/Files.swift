internal import CPoptrainXXHash

internal import Glibc

// What checkpoints do with files and folders, with errors that name the path. Links are never followed.

extension FileCalls {
  func makeFolder(_ path: String, mayExist: Bool) throws(CheckpointError) {
    guard makeFolder(path) == 0 || (mayExist && errno == EEXIST) else { throw .last("mkdir", path) }
  }

  func openFolder(_ path: String) throws(CheckpointError) -> CInt {
    let folder = open(at: AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, mode: 0)
    guard folder >= 0 else { throw .last("open", path) }
    return folder
  }

  /// Opens what is in an open folder; a FIFO does not block. Negative where it fails.
  func openInside(_ folder: CInt, _ name: String) -> CInt {
    open(at: folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, mode: 0)
  }

  func flush(_ descriptor: CInt, _ path: String) throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw notFlushed("fsync", path) }
  }

  /// Has the disk begin with what `flush` is to finish.
  func beginFlush(_ descriptor: CInt, _ path: String) throws(CheckpointError) {
    // A kernel that has no such call leaves all to the flush.
    guard beginWriting(descriptor) != 0, errno != ENOSYS, errno != EINTR else { return }
    throw notFlushed("sync_file_range", path)
  }

  /// Why a file was not flushed. It is never tried again on the same file: the kernel may have dropped what it could not
  /// write, and would find nothing to do.
  private func notFlushed(_ call: String, _ path: String) -> CheckpointError {
    errno == ENOSPC || errno == EDQUOT ? .notFlushed(path: path) : .last(call, path)
  }

  func flushFolder(_ path: String) throws(CheckpointError) {
    let folder = try openFolder(path)
    defer { close(folder) }
    try flush(folder, path)
  }

  /// The names in an open folder.
  func names(inOpenFolder folder: CInt, _ path: String) throws(CheckpointError) -> [RawName] {
    guard let names = names(in: folder) else { throw .last("opendir", path) }
    return names
  }

  /// Removes a folder with all that is in it, never through a link. It is no error if there is none.
  func removeTree(_ path: String) throws(CheckpointError) {
    try remove(Array(path.utf8CString), in: AT_FDCWD, path)
  }

  /// Removes what has this name in an open folder.
  func remove(_ name: RawName, in folder: CInt, _ path: String) throws(CheckpointError) {
    guard unlink(at: folder, name, 0) != 0 else { return }
    let reason = errno
    guard let status = status(at: folder, name) else {
      guard errno != ENOENT else { return }
      throw .last("stat", path)
    }
    guard status.kind == .folder else {
      errno = reason
      throw .last("unlink", path)
    }
    _ = chmod(at: folder, name, 0o755)
    let inner = open(at: folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard inner >= 0 else { throw .last("open", path) }
    defer { close(inner) }
    for name in try names(inOpenFolder: inner, path) {
      try remove(name, in: inner, path + "/" + (text(name) ?? "�"))
    }
    guard unlink(at: folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT else { throw .last("rmdir", path) }
  }

  func writeAll(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(CheckpointError) {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0) }
      guard count >= 0 || errno == EINTR else { throw .last("write", path) }
      written += max(count, 0)
    }
  }

  func readAll(_ path: String) throws(CheckpointError) -> [UInt8] {
    let descriptor = open(at: AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard descriptor >= 0 else { throw .last("open", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    try readChunks(descriptor, path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The XXH3 hash of 128 bits of an open file, in hexadecimal.
  func contentHash(_ descriptor: CInt, _ path: String) throws(CheckpointError) -> String {
    guard let state = XXH3_createState() else { preconditionFailure("no memory for a hash") }
    defer { XXH3_freeState(state) }
    XXH3_128bits_reset(state)
    try readChunks(descriptor, path) { XXH3_128bits_update(state, $0.baseAddress, $0.count) }
    let hash = XXH3_128bits_digest(state)
    return [hash.high64, hash.low64].map { half in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private func readChunks(
    _ descriptor: CInt, _ path: String, _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(CheckpointError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = read(descriptor, buffer)
      if count == 0 { return }
      guard count > 0 || errno == EINTR else { throw .last("read", path) }
      if count > 0 { body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    }
  }
}

/// The name as text; none where its bytes are not valid UTF-8.
func text(_ name: RawName) -> String? {
  String(validating: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
