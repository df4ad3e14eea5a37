package import PopulationBasedTraining

internal import Glibc

/// Something in the folder of checkpoints that nothing refers to, as a crash may leave it.
package struct Stray: Hashable, Sendable {
  /// Relative to the folder of checkpoints.
  package let path: String
  /// The size of its files together.
  package let bytes: Int
}

extension CheckpointFolder {
  /// What ``sweep(keeping:)`` removes from a folder `checkpoints`, in order: whatever is no present checkpoint, and
  /// everything incoming. Nothing is changed.
  package static func strays(
    in path: String, besides present: Set<CheckpointID>, calls: any FileCalls = SystemFileCalls()
  ) throws(CheckpointError) -> [Stray] {
    var strays: [Stray] = []
    for (prefix, isKept) in [("", true), (".incoming/", false)] {
      let folder = try calls.openFolder("\(path)/\(prefix)")
      defer { calls.close(folder) }
      for name in try calls.names(inOpenFolder: folder, path) {
        let shown = text(name) ?? "�"
        if isKept, shown == ".incoming" || present.contains(CheckpointID(shown)) { continue }
        strays.append(Stray(path: prefix + shown, bytes: try calls.bytes(of: name, in: folder, "\(path)/\(shown)")))
      }
    }
    return strays.sorted { $0.path < $1.path }
  }
}

extension FileCalls {
  /// The size of all files under a name, never through a link.
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
