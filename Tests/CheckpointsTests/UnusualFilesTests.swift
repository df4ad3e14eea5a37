import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Testing

import Glibc

@Suite("What a trainer leaves that is no regular file")
struct UnusualFilesTests {
  enum Unusual: String, CaseIterable {
    case linkToFile, hardLink, linkToFolder, danglingLink, fifo, socket, device

    /// Makes one; false where this user may not.
    func make(at path: String, outside: String) -> Bool {
      switch self {
      case .linkToFile: symlink(outside + "/file", path) == 0
      case .hardLink: link(outside + "/file", path) == 0
      case .linkToFolder: symlink(outside, path) == 0
      case .danglingLink: symlink("/nowhere/at/all", path) == 0
      case .fifo: mkfifo(path, 0o644) == 0
      case .socket: mknod(path, S_IFSOCK | 0o644, 0) == 0
      case .device: mknod(path, S_IFCHR | 0o644, 0x103) == 0
      }
    }
  }

  @Test("is refused with its path, discarded, and nothing behind it is touched", arguments: Unusual.allCases)
  func refuses(unusual: Unusual) throws {
    let run = try RunFolder()
    let outside = run.path + "/outside"
    try write("precious", to: outside + "/file")
    let before = try status(outside)
    let incoming = try run.begin("0-1-t", ["model": "w", "inner/model": "w"])
    guard unusual.make(at: incoming + "/inner/odd", outside: outside) else {
      print("skipped: this user may not make a \(unusual.rawValue)")
      return
    }
    let error = #expect(throws: CheckpointError.self) { try run.checkpoints.publish("0-1-t") }
    guard case .notAFile("inner/odd", _)? = error else {
      Issue.record("the path is not named: \(String(describing: error))")
      return
    }
    #expect(!exists(run.checkpoints.path(of: "0-1-t")))
    try run.checkpoints.discard("0-1-t")
    #expect(!exists(incoming))
    #expect(try read(outside + "/file") == "precious")
    #expect(try permissions(outside + "/file") == 0o644)
    #expect(try status(outside).st_mode == before.st_mode)
  }

  @Test("as a name that is no text, is refused, and can be removed")
  func nameThatIsNoText() throws {
    let run = try RunFolder()
    let incoming = try run.begin("0-1-t", ["model": "w"])
    let name: [CChar] = Array(incoming.utf8CString.dropLast()) + [47, -1, -2, 0]
    close(open(name, O_WRONLY | O_CREAT, 0o644))
    let error = #expect(throws: CheckpointError.self) { try run.checkpoints.publish("0-1-t") }
    #expect(error?.description.contains("not valid UTF-8") == true, "\(String(describing: error))")
    try run.checkpoints.discard("0-1-t")
    #expect(!exists(incoming))
    #expect(mkdir(Array((run.checkpoints.path + "/").utf8CString.dropLast()) + [-1, 0], 0o755) == 0)
    #expect(try run.checkpoints.sweep(keeping: []).isEmpty)
    #expect(try names(in: run.checkpoints.path) == [".incoming"])
  }

  @Test("is never followed when it cannot be removed")
  func linkThatCannotBeRemoved() throws {
    let run = try RunFolder()
    let outside = run.path + "/outside"
    try write("precious", to: outside + "/file")
    chmod(outside, 0o777)
    chmod(outside + "/file", 0o666)
    chown(outside, 65534, 65534)
    // A link in a folder where this user may not write: removing it fails, and must not go on behind it.
    symlink(outside, run.checkpoints.path(of: "0-1-t"))
    chmod(run.checkpoints.path, 0o555)
    defer { chmod(run.checkpoints.path, 0o755) }
    _ = asOrdinaryUser {
      #expect(throws: CheckpointError.self) { try run.checkpoints.remove("0-1-t") }
    }
    #expect(try read(outside + "/file") == "precious")
    #expect(try permissions(outside) == 0o777)
  }
}
