package import PopulationBasedTraining

internal import Glibc

/// Something in the folder of checkpoints that nothing refers to, as a crash may leave it.
package struct Stray: Hashable, Sendable {
  /// Relative to the folder of checkpoints.
  package let path: String
  /// The size of its files together.
  package let bytes: Int

  /// The checkpoint that it is, or was to become.
  package var checkpoint: CheckpointID { CheckpointID(String(path.split(separator: "/").last ?? "")) }
}

extension CheckpointFolder {
  /// The names of what is in the folder, published or not, while others may change it.
  package func names() -> Set<CheckpointID> {
    Set([path, path + "/.incoming"].flatMap(names(in:)).map { CheckpointID($0) }.filter(\.isReserved))
  }

  private func names(in folder: String) -> [String] {
    let descriptor = calls.open(at: AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, mode: 0)
    guard descriptor >= 0 else { return [] }
    defer { calls.close(descriptor) }
    return (calls.names(in: descriptor) ?? []).compactMap(text)
  }

  /// What ``sweep(keeping:)`` removes from a folder `checkpoints`, in order: whatever is no present checkpoint, and
  /// everything incoming. Nothing is changed.
  package static func strays(
    in path: String, besides present: Set<CheckpointID>, calls: any FileCalls = SystemFileCalls()
  ) throws(CheckpointError) -> [Stray] {
    let incoming = try FolderEntry.list(path + "/.incoming", calls: calls)
    let others = try FolderEntry.list(path, calls: calls).filter { entry in
      entry.shown != ".incoming" && !present.contains(CheckpointID(entry.shown))
    }
    let strays =
      incoming.map { Stray(path: ".incoming/" + $0.shown, bytes: $0.bytes) }
      + others.map { Stray(path: $0.shown, bytes: $0.bytes) }
    return strays.sorted { $0.path < $1.path }
  }
}
