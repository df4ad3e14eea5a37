internal import PoptrainCheckpoints

internal import Glibc

/// The calls of one simulated process on the simulated disk.
final class DiskCalls: FileCalls {
  private let disk: SimulatedDisk
  /// Called before each call with its name; false where the caller is dead and nothing happens.
  private let mayCall: @Sendable (String, _ path: String) -> Bool
  private let state = OneThread(State())

  private struct State {
    var opened: [CInt: Opened] = [:]
    var last: CInt = 2
  }

  private struct Opened {
    var node: Node
    var position = 0
  }

  init(_ disk: SimulatedDisk, mayCall: @escaping @Sendable (String, _ path: String) -> Bool) {
    self.disk = disk
    self.mayCall = mayCall
  }

  // MARK: Open files

  func open(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt, mode: UInt32) -> CInt {
    let name = String(cString: name)
    guard mayCall("open", name) else { return fail(EIO) }
    var node = at(folder, name)
    if node == nil, flags & O_CREAT != 0, let parent = parent(at: folder, name) {
      guard !disk.isFull else { return fail(ENOSPC) }
      node = Node(.file)
      disk.change([(parent.folder, parent.name, node)])
    } else if flags & O_EXCL != 0, node != nil {
      return fail(EEXIST)
    }
    guard let node else { return fail(ENOENT) }
    guard node.kind != .link else { return fail(ELOOP) }
    guard node.kind == .folder || flags & O_DIRECTORY == 0 else { return fail(ENOTDIR) }
    state.last += 1
    state.opened[state.last] = Opened(node: node)
    return state.last
  }

  func close(_ descriptor: CInt) { state.opened[descriptor] = nil }

  func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let file = state.opened[descriptor], mayCall("read", "") else { return Int(fail(EIO)) }
    let bytes = file.node.bytes.dropFirst(file.position).prefix(buffer.count)
    buffer.copyBytes(from: bytes)
    state.opened[descriptor]?.position += bytes.count
    return bytes.count
  }

  func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard let file = state.opened[descriptor], mayCall("write", "") else { return Int(fail(EIO)) }
    guard !disk.isFull else { return Int(fail(ENOSPC)) }
    file.node.bytes += bytes
    return bytes.count
  }

  func fsync(_ descriptor: CInt) -> CInt {
    guard let file = state.opened[descriptor], mayCall("fsync", "") else { return fail(EIO) }
    disk.flush(file.node)
    return 0
  }

  func beginWriting(_ descriptor: CInt) -> CInt {
    guard state.opened[descriptor] != nil, mayCall("sync_file_range", "") else { return fail(EIO) }
    return disk.isFull ? fail(ENOSPC) : 0
  }

  func status(_ descriptor: CInt) -> FileStatus? {
    guard let file = state.opened[descriptor], mayCall("fstat", "") else {
      errno = EIO
      return nil
    }
    return status(file.node)
  }

  func names(in folder: CInt) -> [RawName]? {
    guard let file = state.opened[folder], mayCall("readdir", "") else {
      errno = EIO
      return nil
    }
    return file.node.entries.keys.sorted().map { Array($0.utf8CString) }
  }

  // Simulated programs may all do everything.
  func chmod(_ descriptor: CInt, _ mode: UInt32) -> CInt { mayCall("chmod", "") ? 0 : fail(EIO) }
  func chmod(at folder: CInt, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> CInt {
    mayCall("chmod", String(cString: name)) ? 0 : fail(EIO)
  }

  // MARK: Names

  func status(at folder: CInt, _ name: UnsafePointer<CChar>) -> FileStatus? {
    guard mayCall("stat", String(cString: name)), let node = at(folder, String(cString: name)) else {
      errno = ENOENT
      return nil
    }
    return status(node)
  }

  func makeFolder(_ path: String) -> CInt {
    guard mayCall("mkdir", path) else { return fail(EIO) }
    guard let parent = parent(at: AT_FDCWD, path) else { return fail(ENOENT) }
    guard parent.folder.entries[parent.name] == nil else { return fail(EEXIST) }
    guard !disk.isFull else { return fail(ENOSPC) }
    disk.change([(parent.folder, parent.name, Node(.folder))])
    return 0
  }

  func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    let name = String(cString: name)
    guard mayCall("unlink", name) else { return fail(EIO) }
    guard let parent = parent(at: folder, name), let node = parent.folder.entries[parent.name] else {
      return fail(ENOENT)
    }
    guard (node.kind == .folder) == (flags & AT_REMOVEDIR != 0) else { return fail(EISDIR) }
    guard node.entries.isEmpty else { return fail(ENOTEMPTY) }
    disk.change([(parent.folder, parent.name, nil)])
    return 0
  }

  func symlink(to target: String, at path: String) -> CInt {
    guard mayCall("symlink", path) else { return fail(EIO) }
    guard let parent = parent(at: AT_FDCWD, path) else { return fail(ENOENT) }
    guard parent.folder.entries[parent.name] == nil else { return fail(EEXIST) }
    guard !disk.isFull else { return fail(ENOSPC) }
    let link = Node(.link)
    link.bytes = Array(target.utf8)
    link.flushedBytes = link.bytes
    disk.change([(parent.folder, parent.name, link)])
    return 0
  }

  func rename(_ from: String, to path: String) -> CInt {
    guard mayCall("rename", path) else { return fail(EIO) }
    guard let source = parent(at: AT_FDCWD, from), let node = source.folder.entries[source.name],
      let target = parent(at: AT_FDCWD, path)
    else { return fail(ENOENT) }
    guard !disk.isFull else { return fail(ENOSPC) }
    disk.change([(source.folder, source.name, nil), (target.folder, target.name, node)])
    return 0
  }

  func renameWithoutReplacing(_ from: String, to path: String) -> CInt {
    guard at(AT_FDCWD, path) == nil else { return fail(EEXIST) }
    return rename(from, to: path)
  }

  // MARK: Finding

  private func fail(_ reason: CInt) -> CInt {
    errno = reason
    return -1
  }

  private func status(_ node: Node) -> FileStatus {
    switch node.kind {
    case .file: FileStatus(.file, bytes: node.bytes.count)
    case .folder: FileStatus(.folder, bytes: 0)
    case .link: FileStatus(.other, bytes: node.bytes.count)
    }
  }

  private func at(_ folder: CInt, _ name: String) -> Node? {
    guard let parent = parent(at: folder, name) else { return nil }
    return parent.folder.entries[parent.name]
  }

  /// The folder and the name in it to which a path leads.
  private func parent(at folder: CInt, _ path: String) -> (folder: Node, name: String)? {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
      if part == ".." { parts.removeLast() } else { parts.append(part) }
    }
    guard let name = parts.popLast() else { return nil }
    let start = folder == AT_FDCWD ? disk.root : state.opened[folder]?.node
    guard let parent = start?.find(parts.joined(separator: "/")), parent.kind == .folder else { return nil }
    return (parent, String(name))
  }
}
