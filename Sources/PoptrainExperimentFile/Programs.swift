internal import Foundation

/// Finds programs, as an operating system does when it starts one.
package struct Programs: Sendable {
  /// The folders to search, separated by colons: `PATH`.
  package var searchPath: String
  /// Whether there is a file (not a folder) at a path.
  package var isFile: @Sendable (String) -> Bool
  /// Whether the file at a path may be executed.
  package var isExecutable: @Sendable (String) -> Bool

  /// Describes where programs are.
  package init(
    searchPath: String, isFile: @escaping @Sendable (String) -> Bool,
    isExecutable: @escaping @Sendable (String) -> Bool
  ) {
    self.searchPath = searchPath
    self.isFile = isFile
    self.isExecutable = isExecutable
  }

  /// The programs of this machine.
  package static func ofThisMachine() -> Programs {
    Programs(
      searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
      isFile: {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
      },
      isExecutable: { FileManager.default.isExecutableFile(atPath: $0) })
  }

  /// The file of a program: searched for if its name has no slash, else relative to a folder.
  package func find(_ program: String, in folder: String) -> String? {
    let candidates =
      program.contains("/")
      ? [program] : searchPath.split(separator: ":").map { "\($0)/\(program)" }
    return candidates.map { absolute($0, in: folder) }.first { isFile($0) && isExecutable($0) }
  }

  /// A path as seen from a folder.
  func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
  }
}
