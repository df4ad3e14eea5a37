import PoptrainCheckpoints
import Foundation
public import PopulationBasedTraining

import Glibc

/// A run's folder that goes away with the last reference to it.
final class RunFolder: Sendable {
  let path: String
  let checkpoints: CheckpointFolder

  init(in parent: String = NSTemporaryDirectory(), isDurable: Bool = false) throws {
    path = parent + (parent.hasSuffix("/") ? "" : "/") + "poptrain-checkpoints-\(UUID().uuidString)"
    mkdir(path, 0o755)
    checkpoints = try CheckpointFolder(path: path + "/checkpoints", isDurable: isDurable)
  }

  deinit {
    // An ordinary user has to be allowed to write into a folder before emptying it.
    let paths = FileManager.default.enumerator(atPath: path)
    while let name = paths?.nextObject() as? String {
      guard (try? kind(path + "/" + name)) == S_IFDIR else { continue }
      chmod(path + "/" + name, 0o755)
    }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Begins a checkpoint and writes files into it, by their relative paths.
  @discardableResult
  func begin(_ id: CheckpointID, _ files: [String: String] = [:]) throws -> String {
    let incoming = try checkpoints.begin(id)
    for (name, contents) in files { try write(contents, to: "\(incoming)/\(name)") }
    return incoming
  }

  /// Publishes a checkpoint with these files.
  @discardableResult
  func publish(_ id: CheckpointID = "0-1-t", _ files: [String: String] = ["model": "weights"]) throws -> String {
    try begin(id, files)
    try checkpoints.publish(id)
    return checkpoints.path(of: id)
  }

  /// The same folder as a process sees it that has neither written nor checked anything.
  func afresh() throws -> CheckpointFolder { try CheckpointFolder(path: checkpoints.path, isDurable: false) }
}

extension CheckpointID: ExpressibleByStringLiteral {
  public init(stringLiteral name: String) { self.init(name) }
}

func write(_ contents: String, to path: String) throws {
  let folder = (path as NSString).deletingLastPathComponent
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try Data(contents.utf8).write(to: URL(filePath: path))
}

func read(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
}

func names(in path: String) throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

/// What a path is, without following a link.
func status(_ path: String) throws -> stat {
  var status = stat()
  guard lstat(path, &status) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  return status
}

func kind(_ path: String) throws -> mode_t { try status(path).st_mode & S_IFMT }

func permissions(_ path: String) throws -> mode_t { try status(path).st_mode & 0o777 }

func exists(_ path: String) -> Bool { (try? status(path)) != nil }

/// The manifest of a published checkpoint, by path.
func manifest(of checkpoint: String) throws -> [String: (bytes: Int, hash: String)] {
  let data = try Data(contentsOf: URL(filePath: checkpoint + "/.manifest.json"))
  let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
  var files: [String: (bytes: Int, hash: String)] = [:]
  for file in object?["files"] as? [[String: Any]] ?? [] {
    guard let path = file["path"] as? String else { continue }
    files[path] = (file["bytes"] as? Int ?? -1, file["xxh3"] as? String ?? "")
  }
  return files
}

#if os(Linux)
  // The C library hides it from Swift. It changes the rights of the calling thread alone.
  @_silgen_name("setfsuid") private func setfsuid(_ user: uid_t) -> CInt

  /// Runs the body with the rights of an ordinary user, where this process has those of root.
  func asOrdinaryUser<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    guard geteuid() == 0 else { return try body() }
    _ = setfsuid(65534)
    defer { _ = setfsuid(0) }
    return try body()
  }
#else
  func asOrdinaryUser<Answer>(_ body: () throws -> Answer) rethrows -> Answer { try body() }
#endif

/// Has a small file system for a while, with these options of `mount`; nothing happens where this user may not mount one.
func onSmallDisk(_ options: String, _ body: (_ path: String) throws -> Void) throws {
  let path = NSTemporaryDirectory() + "poptrain-small-\(UUID().uuidString)"
  mkdir(path, 0o755)
  defer { rmdir(path) }
  guard mount("tmpfs", path, "tmpfs", 0, options) == 0 else {
    print("skipped: no small file system can be mounted here")
    return
  }
  defer { umount2(path, CInt(MNT_DETACH)) }
  try body(path)
}
