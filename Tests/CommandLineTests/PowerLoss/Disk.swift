import Foundation

/// What is on a disk: a tree of files, folders and links, made by operations.
struct Disk {
  private var kinds: [Int: Recording.Kind] = [0: .folder]
  private var contents: [Int: [UInt8]] = [:]
  private var entries: [Int: [String: Int]] = [:]

  /// Carries an operation out. A change of an entry counts whatever became of the changes before it.
  mutating func apply(_ operation: Recording.Operation) {
    switch operation {
    case .create(let folder, let name, let object, let kind):
      kinds[object] = kind
      entries[folder, default: [:]][name] = object
    case .write(let object, let offset, let bytes):
      let missing = offset + bytes.count - contents[object, default: []].count
      if missing > 0 { contents[object, default: []] += [UInt8](repeating: 0, count: missing) }
      contents[object]?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    case .truncate(let object, let size):
      let bytes = contents[object, default: []]
      contents[object] = bytes.prefix(size) + [UInt8](repeating: 0, count: max(0, size - bytes.count))
    case .rename(let object, let from, let name, let to, let newName):
      if entries[from]?[name] == object { entries[from]?[name] = nil }
      entries[to, default: [:]][newName] = object
    case .remove(let object, let folder, let name):
      if entries[folder]?[name] == object { entries[folder]?[name] = nil }
    case .sync, .announce: break
    }
  }

  /// An object whose entry was lost may still be referred to by a later one.
  mutating func know(_ operation: Recording.Operation) {
    if case .create(_, _, let object, let kind) = operation { kinds[object] = kind }
  }

  /// Every file and link by its path, and what is in it.
  var tree: [String: [UInt8]] {
    var tree: [String: [UInt8]] = [:]
    walk { path, kind, bytes in
      switch kind {
      case .file: tree[path] = bytes
      case .link(let target): tree[path] = Array(target.utf8)
      case .folder: tree[path + "/"] = []
      }
    }
    return tree
  }

  /// Writes it all below a folder that does not exist.
  func write(to path: String) {
    mkdir(path, 0o755)
    walk { name, kind, bytes in
      switch kind {
      case .folder: mkdir(path + "/" + name, 0o755)
      case .link(let target): symlink(target, path + "/" + name)
      case .file:
        let file = open(path + "/" + name, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        _ = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        close(file)
      }
    }
  }

  private func walk(_ body: (String, Recording.Kind, [UInt8]) -> Void) {
    func walk(_ folder: Int, _ prefix: String) {
      for (name, object) in entries[folder, default: [:]] {
        guard let kind = kinds[object] else { continue }
        body(prefix + name, kind, contents[object, default: []])
        if kind == .folder { walk(object, prefix + name + "/") }
      }
    }
    walk(0, "")
  }
}

/// Makes what a disk may hold after the power was cut.
///
/// The model. What a file holds is safe once the file was synced after it was written; an entry of a folder (created, moved,
/// removed) once that folder was synced after it, a move once the folder that it went into was. Everything else may be there
/// or not, each change on its own, whatever came before or after it: so later changes may be there without earlier ones.
/// A write may be torn: any of its sectors of 512 bytes may be there. A rename is there as a whole or not at all.
struct PowerCut {
  /// A sync that does not sync: to prove that the tests see it.
  enum Fault: CaseIterable {
    case noSyncOfFiles, noSyncOfFolders, noSyncOfCheckpoints
  }

  private let operations: [Recording.Operation]
  /// For each operation the one that makes it safe; none does: `Int.max`.
  private let safeAfter: [Int]

  init(_ operations: [Recording.Operation], fault: Fault? = nil) {
    self.operations = operations
    var folders: Set<Int> = [0]
    var checkpoints: Int?
    for case .create(_, let name, let object, .folder) in operations {
      folders.insert(object)
      if name == "checkpoints" { checkpoints = object }
    }
    var nextSync: [Int: Int] = [:]
    var safeAfter = [Int](repeating: .max, count: operations.count)
    for (index, operation) in operations.enumerated().reversed() {
      switch operation {
      case .sync(let object):
        switch fault {
        case .noSyncOfFiles where !folders.contains(object), .noSyncOfFolders where folders.contains(object),
          .noSyncOfCheckpoints where object == checkpoints:
          break
        default: nextSync[object] = index
        }
      case .write(let object, _, _), .truncate(let object, _), .create(let object, _, _, _),
        .rename(_, _, _, let object, _),
        .remove(_, let object, _):
        safeAfter[index] = nextSync[object] ?? .max
      case .announce: break
      }
    }
    self.safeAfter = safeAfter
  }

  /// The disk after a cut in front of an operation, if all was written in order.
  func ordered(at cut: Int) -> Disk {
    operations[..<cut].reduce(into: Disk()) { $0.apply($1) }
  }

  /// The disk after a cut in front of an operation, with chance for what was not safe.
  func random(at cut: Int, using random: inout some RandomNumberGenerator) -> Disk {
    let kept: Double = [0, 0.1, 0.5, 0.9, 1].randomElement(using: &random) ?? 0
    let torn = Bool.random(using: &random)
    var disk = Disk()
    for (index, operation) in operations[..<cut].enumerated() {
      if safeAfter[index] < cut {
        disk.apply(operation)
      } else if case .write(let object, let offset, let bytes) = operation, torn {
        for start in stride(from: 0, to: bytes.count, by: 512) where Double.random(in: 0..<1, using: &random) < kept {
          let sector = Array(bytes[start..<min(start + 512, bytes.count)])
          disk.apply(.write(object: object, offset: offset + start, bytes: sector))
        }
      } else if Double.random(in: 0..<1, using: &random) < kept {
        disk.apply(operation)
      } else {
        disk.know(operation)
      }
    }
    return disk
  }
}
