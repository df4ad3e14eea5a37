internal import Foundation

internal import Glibc

/// The folders below one that hold runs, or cannot be looked into.
///
/// Folders whose names begin with a dot are passed over, and nothing is looked for within a run. Links are followed to a
/// run, and to the folder `runs`, but to nothing else.
package struct RunSearch {
  /// Where runs are, in the order of their paths.
  package private(set) var runs: [RunDirectory] = []
  /// What cannot be looked into, and why.
  package private(set) var unreadable: [(folder: RunDirectory, reason: RunError)] = []
  private var found: Set<String> = []

  /// How far below the folder a run is found: where `compare` has its runs, `runs/<name>-compare/<alternative>-seed<n>`.
  static let depth = 3

  /// Looks for runs.
  package init(below folder: RunDirectory) {
    look(into: folder, depth: RunSearch.depth)
  }

  private mutating func look(into folder: RunDirectory, depth: Int) {
    guard !folder.holdsRun else {
      // A link may lead to one that was found already.
      if found.insert(URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path).inserted { runs.append(folder) }
      return
    }
    guard depth > 0 else { return }
    guard access(folder.path, R_OK | X_OK) == 0 else {
      return unreadable.append((folder, .cannotRead(path: folder.path, reason: String(cString: strerror(errno)))))
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") {
      let inner = RunDirectory(path: "\(folder.path)/\(name)")
      let isTop = depth == RunSearch.depth
      switch folder.kind(of: inner.path) {
      case S_IFDIR: look(into: inner, depth: depth - 1)
      case S_IFLNK: look(into: inner, depth: isTop && name == "runs" ? depth - 1 : 0)
      default: continue
      }
    }
  }
}
