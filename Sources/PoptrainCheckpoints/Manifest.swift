internal import PoptrainJSON
internal import PopulationBasedTraining

internal import Glibc

/// The files of a checkpoint with their sizes and hashes; stored in it as `.manifest.json`.
struct Manifest {
  typealias File = CheckpointContents.File

  static let name = ".manifest.json"
  static let version = 1

  var files: [File] = []
  private let root: String
  private let calls: any FileCalls
  private var checkpoint = CheckpointID("")

  /// Makes a manifest of a folder that a trainer has written, and makes everything in it read-only and, if asked,
  /// durable. Symbolic links are never followed.
  init(sealing root: String, isDurable: Bool, calls: any FileCalls) throws(CheckpointError) {
    self.root = root
    self.calls = calls
    let folder = calls.open(at: AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard folder >= 0 else {
      guard ![ENOENT, ENOTDIR, ELOOP].contains(errno) else { throw .empty(root) }
      throw .last("open", root)
    }
    defer { calls.close(folder) }
    try seal(folder, prefix: "", isDurable: isDurable)
    files.sort { $0.path < $1.path }
    guard !files.isEmpty else { return }
    do { try write(into: folder, isDurable: isDurable) } catch {
      // So that it can be written again when there is room.
      _ = calls.unlink(at: folder, Manifest.name, 0)
      throw error
    }
    if isDurable { try calls.flush(folder, root) }
  }

  private mutating func seal(_ folder: CInt, prefix: String, isDurable: Bool) throws(CheckpointError) {
    for name in try calls.names(inOpenFolder: folder, root) {
      guard let name = text(name) else {
        throw .notAFile(path: prefix + "�", kind: "named by bytes that are not valid UTF-8")
      }
      let path = prefix + name
      guard path != Manifest.name else { throw .reservedName(path) }
      let descriptor = calls.openInside(folder, name)
      guard descriptor >= 0 else {
        guard errno != ELOOP else { throw .notAFile(path: path, kind: "a symbolic link") }
        guard errno != ENXIO else { throw .notAFile(path: path, kind: "a socket or a device") }
        guard errno != ENOENT else { throw .notAFile(path: path, kind: "gone already: it was still being saved") }
        guard errno != EACCES else { throw .notAFile(path: path, kind: "a file that may not be read") }
        throw .last("open", "\(root)/\(path)")
      }
      defer { calls.close(descriptor) }
      guard let status = calls.status(descriptor) else { throw .last("stat", "\(root)/\(path)") }
      switch status.kind {
      case .file:
        // What is written under its other name would change the checkpoint, and its mode is not Poptrain's to change.
        guard status.names == 1 else { throw .notAFile(path: path, kind: "a hard link to a file of another name") }
        // The disk writes a large file while the hash reads it.
        if isDurable, status.bytes > 1 << 20 { try calls.beginFlush(descriptor, "\(root)/\(path)") }
        let hash = try calls.contentHash(descriptor, "\(root)/\(path)")
        files.append(File(path: path, bytes: status.bytes, hash: hash))
        try finish(descriptor, "\(root)/\(path)", mode: 0o444, isDurable: isDurable)
      case .folder:
        try seal(descriptor, prefix: path + "/", isDurable: isDurable)
        try finish(descriptor, "\(root)/\(path)", mode: 0o555, isDurable: isDurable)
      case .other:
        throw .notAFile(path: path, kind: "a FIFO, a socket or a device")
      }
    }
  }

  private func finish(_ descriptor: CInt, _ path: String, mode: UInt32, isDurable: Bool) throws(CheckpointError) {
    guard calls.chmod(descriptor, mode) == 0 else { throw .last("chmod", path) }
    if isDurable { try calls.flush(descriptor, path) }
  }

  private func write(into folder: CInt, isDurable: Bool) throws(CheckpointError) {
    let path = "\(root)/\(Manifest.name)"
    let json = JSON.object([
      "version": .integer(Manifest.version),
      "files": .array(
        files.map { .object(["path": .text($0.path), "bytes": .integer($0.bytes), "xxh3": .text($0.hash)]) }),
    ])
    let descriptor = calls.open(
      at: folder, Manifest.name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o444)
    guard descriptor >= 0 else { throw .last("create", path) }
    defer { calls.close(descriptor) }
    try calls.writeAll(json.bytes, to: descriptor, path)
    if isDurable { try calls.flush(descriptor, path) }
  }

  /// Reads the manifest of a published checkpoint.
  init(of checkpoint: CheckpointID, at root: String, calls: any FileCalls) throws(CheckpointError) {
    self.root = root
    self.calls = calls
    self.checkpoint = checkpoint
    guard let bytes = try? calls.readAll("\(root)/\(Manifest.name)") else {
      throw .damaged(checkpoint, "its manifest cannot be read")
    }
    let json = try? JSON.parse(bytes)
    if let version = json?["version"]?.integer, version > Manifest.version {
      throw .newerVersion(checkpoint, found: version, known: Manifest.version)
    }
    guard json?["version"]?.integer == Manifest.version, let entries = json?["files"]?.array else {
      throw .damaged(checkpoint, "its manifest is not what was written")
    }
    for entry in entries {
      guard let path = entry["path"]?.text, let bytes = entry["bytes"]?.integer, let hash = entry["xxh3"]?.text,
        !path.components.contains(where: { ["", ".", ".."].contains($0) })
      else {
        throw .damaged(checkpoint, "its manifest is not what was written")
      }
      files.append(File(path: path, bytes: bytes, hash: hash))
    }
  }

  /// Compares the files with the manifest.
  func verify(contents: Bool) throws(CheckpointError) {
    for file in files {
      let path = "\(root)/\(file.path)"
      let descriptor = openFile(file.path)
      guard descriptor >= 0 else { throw .damaged(checkpoint, "\(file.path) cannot be opened") }
      defer { calls.close(descriptor) }
      guard let status = calls.status(descriptor), status.kind == .file else {
        throw .damaged(checkpoint, "\(file.path) is no regular file any more")
      }
      guard status.bytes == file.bytes else {
        throw .damaged(checkpoint, "\(file.path) has \(status.bytes) bytes instead of \(file.bytes)")
      }
      if contents, try calls.contentHash(descriptor, path) != file.hash {
        throw .damaged(checkpoint, "the contents of \(file.path) have changed")
      }
    }
  }

  /// Opens a file of it; no part of its path may be a link. Negative where it fails.
  private func openFile(_ path: String) -> CInt {
    var folder = calls.open(at: AT_FDCWD, root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    for name in path.components where folder >= 0 {
      let inner = calls.openInside(folder, name)
      calls.close(folder)
      folder = inner
    }
    return folder
  }
}

extension String {
  /// The parts of a path as the system takes it: by bytes, since a slash that an accent follows is another character.
  var components: [String] {
    utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
  }
}
