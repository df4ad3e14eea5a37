internal import Foundation

/// The commit of a folder under git, read from git's files.
enum GitCommit {
  /// The commit that is checked out in a folder or above; none where there is no git, or one that keeps it otherwise.
  static func checkedOut(in folder: String) -> String? {
    var above = URL(fileURLWithPath: folder).standardizedFileURL
    while !FileManager.default.fileExists(atPath: above.path + "/.git") {
      guard above.path != "/" else { return nil }
      above.deleteLastPathComponent()
    }
    guard let directory = gitFolder(at: above.path + "/.git"), let head = text("\(directory)/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return hash(head) }
    let reference = String(head.dropFirst(5))
    // A work tree of its own shares the references of the main one.
    let shared = text("\(directory)/commondir").map { resolved($0, from: directory) } ?? directory
    for folder in [directory, shared] {
      if let commit = text("\(folder)/\(reference)").flatMap(hash) { return commit }
    }
    let packed = text("\(shared)/packed-refs")?.split(separator: "\n") ?? []
    return packed.first { $0.hasSuffix(" \(reference)") }.flatMap { hash(String($0.prefix { $0 != " " })) }
  }

  /// Where git keeps its files: in `.git`, or where a file of that name says.
  private static func gitFolder(at path: String) -> String? {
    guard let link = text(path) else { return path }
    guard link.hasPrefix("gitdir: ") else { return nil }
    return resolved(String(link.dropFirst(8)), from: URL(fileURLWithPath: path).deletingLastPathComponent().path)
  }

  private static func resolved(_ path: String, from folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  private static func text(_ path: String) -> String? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular, attributes?[.size] as? Int ?? 0 <= 16 << 20 else {
      return nil
    }
    return (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func hash(_ text: String) -> String? {
    [40, 64].contains(text.utf8.count) && text.allSatisfy(\.isHexDigit) ? text : nil
  }
}
