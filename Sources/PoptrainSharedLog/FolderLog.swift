package import Foundation
internal import PoptrainStore

internal import Glibc

/// A log in a folder that many machines share: local, NFS, GlusterFS, CephFS, or any other file system with hard links.
///
/// Of an entry that is not known to exist, nothing is asked: a network file system remembers for half a minute that a name
/// was not there. What tells of new entries is the file `HEAD`, which may lag; that an entry exists is told by
/// `link`, which is atomic everywhere.
package struct FolderLog: EntryLog, CustomStringConvertible {
  private let path: String

  /// Takes a folder, which need not exist.
  package init(path: String) {
    self.path = path
  }

  /// Makes the folder of an empty log.
  package func make() throws {
    try FileManager.default.createDirectory(atPath: path + "/pulse", withIntermediateDirectories: true)
  }

  /// Whether the folder is that of a log, perhaps a partly removed one.
  package var exists: Bool { names.contains { ["pulse", "HEAD"].contains($0) || FolderLog.isOfEntries($0) } }

  /// The names of its folders of entries.
  package var entryFolders: [String] { names.filter(FolderLog.isOfEntries) }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

  private static func isOfEntries(_ name: String) -> Bool { name.count == 6 && name.allSatisfy(\.isWholeNumber) }

  package var description: String { path }

  private static let entriesPerFolder = 4096

  private func folder(of number: Int) -> String { "\(path)/\(padded(number / FolderLog.entriesPerFolder, to: 6))" }
  private func name(of number: Int) -> String { "\(folder(of: number))/\(padded(number, to: 10))" }
  private var head: String { path + "/HEAD" }
  private func pulse(_ process: String) -> String { "\(path)/pulse/\(process)" }

  /// Puts `HEAD` back where it names an entry that is not there, as after a power cut that the entry did not survive.
  package func checkPromise() throws(LogFailure) {
    let last = try last()
    guard last > 0, try lastKnown() > last else { return }
    do throws(Failure) { try overwrite(head, with: last) } catch { throw error.asLogFailure }
  }

  package func create(_ number: Int, _ contents: Data, isDurable: Bool) throws(LogFailure) -> Bool {
    let folder = folder(of: number)
    if number == 1 || number % FolderLog.entriesPerFolder == 0 {
      if number == 1 { try make(path) }
      try make(folder, in: path)
      if isDurable { try flush(path) }
    }
    let temporary = "\(folder)/.new-\(randomToken())"
    defer { unlink(temporary) }
    do throws(Failure) {
      // In the same folder, since some file systems link in no other way.
      try write(contents, to: temporary, O_CREAT | O_EXCL, isDurable: isDurable)
      guard link(temporary, name(of: number)) == 0 else { throw Failure("link", name(of: number)) }
    } catch  where error.call == "link" && error.code == EEXIST {
      // It may be this entry: linked by an earlier attempt, which could not flush the folder.
      if isDurable { try flush(folder) }
      return false
    } catch  where error.call == "link" && [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(error.code) {
      throw .refused(
        .unavailable(
          "\(path) is on a file system without hard links, which a run that several processes train needs: \(error)"))
    } catch {
      throw error.asLogFailure
    }
    if isDurable { try flush(folder) }
    // A hint, for speed: a process that does not see it finds the entry when it writes one of its own.
    try? overwrite(head, with: number)
    return true
  }

  package func read(_ number: Int) throws(LogFailure) -> Data {
    do throws(Failure) {
      return try contents(of: name(of: number))
    } catch  where error.code == ENOENT {
      // Twice, since a name that is made while a folder is listed may be left out.
      if isMissing(number), isMissing(number) { throw .missing(number, in: self) }
      // Some file systems say this of a name that has just been made.
      throw .noAnswer("\(error). If it stays so, the entry was removed: restore \(path) from a backup")
    } catch {
      throw error.asLogFailure
    }
  }

  /// Whether there are later entries than this one, but not this one.
  private func isMissing(_ number: Int) -> Bool {
    guard let last = try? last(), last > number else { return false }
    return !numbers(in: folder(of: number)).contains(number)
  }

  /// The numbers of the entries in a folder.
  private func numbers(in folder: String) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { $0.hasPrefix(".") ? nil : Int($0) }
  }

  package func lastKnown() throws(LogFailure) -> Int { try number(in: head) ?? 0 }

  /// By the names in the folders. `HEAD` may be missing, or older: a process that was paused while it wrote there puts it back.
  package func last() throws(LogFailure) -> Int {
    for folder in entryFolders.sorted().reversed() {
      if let last = numbers(in: "\(path)/\(folder)").max() { return last }
    }
    return try lastKnown()
  }

  package func beat(_ process: String, _ count: Int) throws(LogFailure) {
    do throws(Failure) {
      try overwrite(pulse(process), with: count)
    } catch  where error.code == ENOENT {
      try make(path + "/pulse", in: path)
      try beatFirst(process, count)
    } catch {
      throw error.asLogFailure
    }
  }

  private func beatFirst(_ process: String, _ count: Int) throws(LogFailure) {
    do throws(Failure) { try overwrite(pulse(process), with: count) } catch { throw error.asLogFailure }
  }

  package func leave(_ process: String) throws(LogFailure) {
    guard unlink(pulse(process)) != 0, errno != ENOENT else { return }
    throw Failure("unlink", pulse(process)).asLogFailure
  }

  package func pulse(of process: String) throws(LogFailure) -> Int? { try number(in: pulse(process)) }

  package func pulses() -> [Pulse] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/pulse")) ?? []
    return names.compactMap { name in
      // Opened, since a network file system remembers for a while when a file was last written.
      let descriptor = open(pulse(name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      var status = stat()
      guard descriptor >= 0, fstat(descriptor, &status) == 0 else { return nil }
      let seconds = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
      return Pulse(process: name, saidAt: Date(timeIntervalSince1970: seconds))
    }
  }

  /// Makes a folder, and those above it, which are this user's own.
  ///
  /// - Parameter above: one that is not made: after the run was removed, nothing is to be left of it.
  private func make(_ folder: String, in above: String? = nil) throws(LogFailure) {
    if let above, access(above, F_OK) != 0 { throw Failure("open", above).asLogFailure }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
      throw .refused(
        isFull ? .diskFull(path: folder) : .unavailable("\(folder) cannot be made: \(error.localizedDescription)"))
    }
  }

  /// What a file of one number says; none where there is none. Opened anew each time, or changes would not be seen.
  private func number(in path: String) throws(LogFailure) -> Int? {
    do throws(Failure) {
      let text = String(decoding: try contents(of: path), as: UTF8.self)
      // Two writers, or a reader between, may leave it without meaning for a moment.
      return Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    } catch  where error.code == ENOENT {
      return nil
    } catch {
      throw error.asLogFailure
    }
  }

  /// Overwrites a number in its place, with one call.
  private func overwrite(_ path: String, with number: Int) throws(Failure) {
    try write(Data((padded(number, to: 19) + "\n").utf8), to: path, O_CREAT, isDurable: false)
  }

  private func write(_ contents: Data, to path: String, _ flags: CInt, isDurable: Bool) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0o600)
    guard descriptor >= 0 else { throw Failure("open", path) }
    defer { close(descriptor) }
    var written = 0
    while written < contents.count {
      let count = contents.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + written }, contents.count - written, off_t(written))
      }
      guard count > 0 || (count < 0 && errno == EINTR) else { throw Failure("write", path) }
      written += max(0, count)
    }
    guard !isDurable || fsync(descriptor) == 0 else { throw Failure("fsync", path) }
  }

  private func contents(of path: String) throws(Failure) -> Data {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure("open", path) }
    defer { close(descriptor) }
    var contents = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || (count < 0 && errno == EINTR) else {
        guard count == 0 else { throw Failure("read", path) }
        return contents
      }
      contents.append(contentsOf: buffer.prefix(max(0, count)))
    }
  }

  /// Has the names in a folder survive a power cut.
  private func flush(_ folder: String) throws(LogFailure) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      // The names are there, but may not survive yet.
      throw .noAnswer("\(Failure(descriptor < 0 ? "open" : "fsync", folder))")
    }
  }
}

/// A system call that failed.
private struct Failure: Error, CustomStringConvertible {
  let call: String
  let path: String
  let code: CInt

  init(_ call: String, _ path: String) {
    code = errno
    (self.call, self.path) = (call, path)
  }

  var description: String { "\(call) of \(path) failed: \(String(cString: strerror(code)))" }

  var asLogFailure: LogFailure {
    switch code {
    case ENOSPC, EDQUOT: .refused(.diskFull(path: path))
    case EACCES, EROFS, ELOOP, ENOTDIR, EISDIR: .refused(.unavailable("\(self)"))
    // A server that is away, restarted, or has lost a name: the file system of tomorrow answers.
    default: .noAnswer("\(self)")
    }
  }
}

/// A number with zeros before it, so that names are in order.
func padded(_ number: Int, to width: Int) -> String {
  let digits = "\(number)"
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
