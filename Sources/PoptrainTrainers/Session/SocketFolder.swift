internal import PopulationBasedTraining
internal import Glibc

/// A folder for one socket that only this user may enter. It is locked for as long as it is in use, and then removed.
final class SocketFolder: Sendable {
  /// Where the socket is to be.
  let socket: String
  private let path: String
  private let lock: CInt

  init() throws(TrainerFailure) {
    var name = Array((SocketFolder.parent + "/" + SocketFolder.prefix + "XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else {
      throw TrainerFailure(
        .notStarted, "no folder for a socket can be made in \(SocketFolder.parent): \(String(cString: strerror(errno)))"
      )
    }
    path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    socket = path + "/s"
    // Before there is a socket: `removeAbandoned` takes the lock of a folder with a socket only from the dead.
    lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    flock(lock, LOCK_SH | LOCK_NB)
  }

  deinit {
    remove()
    close(lock)
  }

  /// Removes it; from now on nobody can connect.
  func remove() {
    unlink(socket)
    rmdir(path)
  }

  private static let prefix = "poptrain-"

  /// The path of a socket has at most 107 bytes.
  private static var parent: String {
    guard let name = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }), name.utf8.count < 64,
      access(name, W_OK) == 0
    else { return "/tmp" }
    return name
  }

  /// Removes what processes of this user that were killed have left.
  static func removeAbandoned() {
    guard let folder = opendir(parent) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(prefix) { removeIfAbandoned(parent + "/" + name) }
    }
  }

  private static func removeIfAbandoned(_ path: String) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    var status = stat()
    guard fstat(folder, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o777 == 0o700,
      fstatat(folder, "s", &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFSOCK,
      flock(folder, LOCK_EX | LOCK_NB) == 0
    else { return }
    unlinkat(folder, "s", 0)
    rmdir(path)
  }
}
