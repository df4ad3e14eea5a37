internal import Glibc

/// Something in a folder. Links are never followed.
package struct FolderEntry: Sendable {
  /// Its name; none where that is no valid UTF-8.
  package let name: String?
  /// What it is.
  package let kind: FileStatus.Kind
  /// The size of its files together.
  package let bytes: Int

  /// The name for people.
  package var shown: String { name ?? "�" }

  /// What is in a folder, in order.
  package static func list(
    _ path: String, calls: any FileCalls = SystemFileCalls()
  ) throws(CheckpointError) -> [FolderEntry] {
    let folder = try calls.openRealFolder(path)
    defer { calls.close(folder) }
    var entries: [FolderEntry] = []
    for raw in try calls.names(inOpenFolder: folder, path) {
      let inner = "\(path)/\(text(raw) ?? "�")"
      guard let status = calls.status(at: folder, raw) else { throw .last("stat", inner) }
      entries.append(
        FolderEntry(name: text(raw), kind: status.kind, bytes: try calls.bytes(of: raw, in: folder, inner)))
    }
    return entries.sorted { $0.shown < $1.shown }
  }

  /// Removes what is in a folder, with all that is in it, where it is of these names.
  package static func remove(
    from path: String, calls: any FileCalls = SystemFileCalls(), where isRemoved: (String?) -> Bool
  ) throws(CheckpointError) {
    let folder = try calls.openRealFolder(path)
    defer { calls.close(folder) }
    for name in try calls.names(inOpenFolder: folder, path) where isRemoved(text(name)) {
      try calls.remove(name, in: folder, path + "/" + (text(name) ?? "�"))
    }
  }
}

extension FileCalls {
  /// Opens a folder, and not what a link leads to.
  fileprivate func openRealFolder(_ path: String) throws(CheckpointError) -> CInt {
    let folder = open(at: AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard folder >= 0 else { throw .last("open", path) }
    return folder
  }

  /// The size of all files under a name.
  fileprivate func bytes(of name: RawName, in folder: CInt, _ path: String) throws(CheckpointError) -> Int {
    guard let status = status(at: folder, name) else { throw .last("stat", path) }
    guard status.kind == .folder else { return status.bytes }
    let inner = open(at: folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard inner >= 0 else { throw .last("open", path) }
    defer { close(inner) }
    var sum = 0
    for name in try names(inOpenFolder: inner, path) { sum += try bytes(of: name, in: inner, path) }
    return sum
  }
}
