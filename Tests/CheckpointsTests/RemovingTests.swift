import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Testing

import Glibc

@Suite("Removing checkpoints")
struct RemovingTests {
  @Test("removes a read-only tree, and it is no error to do it again")
  func removes() throws {
    let run = try RunFolder()
    let path = try run.publish("0-1-t", ["model": "w", "a/b/c/d": "w"])
    try run.publish("0-2-t")
    try run.checkpoints.remove("0-1-t")
    #expect(!exists(path))
    try run.checkpoints.remove("0-1-t")
    try run.checkpoints.verify("0-2-t")
  }

  @Test("removes the read-only tree of an ordinary user")
  func removesOfOrdinaryUser() throws {
    let run = try RunFolder()
    for folder in ["", "/checkpoints", "/checkpoints/.incoming"] { chmod(run.path + folder, 0o777) }
    try asOrdinaryUser {
      let incoming = try run.checkpoints.begin("0-1-t")
      mkdir(incoming + "/a", 0o755)
      close(open(incoming + "/a/model", O_WRONLY | O_CREAT, 0o400))
      chmod(incoming + "/a", 0)
      try run.checkpoints.discard("0-1-t")
      #expect(!exists(incoming))
    }
  }

  @Test("discards what was saved, and only that")
  func discards() throws {
    let run = try RunFolder()
    try run.publish("0-1-t")
    let incoming = try run.begin("0-2-t", ["a/model": "w"])
    try run.checkpoints.discard("0-2-t")
    try run.checkpoints.discard("0-3-t")
    #expect(!exists(incoming))
    try run.checkpoints.verify("0-1-t")
    #expect(try run.begin("0-2-t") == incoming)
  }

  @Test("sweeps away strays and everything incoming, keeps what is present, and says what is missing")
  func sweeps() throws {
    let run = try RunFolder()
    try run.publish("0-1-kept")
    try run.publish("0-2-stray", ["a/b": "w"])
    try run.begin("0-3-t", ["model": "w"])
    try write("x", to: run.checkpoints.path + "/file")
    symlink("/nowhere", run.checkpoints.path + "/link")
    let missing = try run.checkpoints.sweep(keeping: ["0-1-kept", "0-9-gone", "0-8-gone"])
    #expect(missing == ["0-8-gone", "0-9-gone"])
    #expect(try names(in: run.checkpoints.path) == [".incoming", "0-1-kept"])
    #expect(try names(in: run.checkpoints.path + "/.incoming").isEmpty)
    try run.checkpoints.verify("0-1-kept")
    #expect(try run.checkpoints.sweep(keeping: ["0-1-kept"]).isEmpty)
  }

  @Test("A removed checkpoint is not known any more")
  func forgets() throws {
    let run = try RunFolder()
    try run.publish("0-1-t")
    try run.checkpoints.remove("0-1-t")
    #expect(throws: CheckpointError.self) { try run.checkpoints.verify("0-1-t") }
  }

  @Test("The link best always leads to a checkpoint, and is replaced as a whole")
  func pointsBest() throws {
    let run = try RunFolder()
    let best = run.path + "/best"
    for number in 1...3 {
      let id = CheckpointID("0-\(number)-t")
      try run.publish(id, ["model": "\(number)"])
      // What an interrupted call has left.
      symlink("/nowhere", run.path + "/.best.new")
      try run.checkpoints.pointBest(to: id)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: best) == "checkpoints/\(id)")
      #expect(try read(best + "/model") == "\(number)")
    }
    #expect(try names(in: run.path) == ["best", "checkpoints"])
  }

  @Test("The link best is never absent while it is replaced")
  func neverAbsent() async throws {
    let run = try RunFolder()
    try run.publish("0-1-t", ["model": "w"])
    try run.publish("0-2-t", ["model": "w"])
    try run.checkpoints.pointBest(to: "0-1-t")
    let reader = Task.detached {
      var absent = 0
      while !Task.isCancelled { if !FileManager.default.fileExists(atPath: run.path + "/best/model") { absent += 1 } }
      return absent
    }
    for round in 0..<500 { try run.checkpoints.pointBest(to: round % 2 == 0 ? "0-2-t" : "0-1-t") }
    reader.cancel()
    #expect(await reader.value == 0)
  }

  @Test("A full disk is said to be full")
  func diskFull() throws {
    try onSmallDisk("size=64k,nr_inodes=16") { disk in
      let folder = try CheckpointFolder(path: disk + "/checkpoints", isDurable: true)
      let incoming = try folder.begin("0-1-t")
      try write(String(repeating: "x", count: 4096), to: incoming + "/model")
      // The rest of the disk is taken by somebody else.
      try? Data(count: 128 << 10).write(to: URL(filePath: disk + "/other"))
      #expect(throws: CheckpointError.diskFull(path: incoming + "/.manifest.json")) { try folder.publish("0-1-t") }
      #expect(!exists(folder.path(of: "0-1-t")))
      for _ in 0..<20 { close(open(disk + "/\(UUID().uuidString)", O_WRONLY | O_CREAT, 0o644)) }
      #expect(throws: CheckpointError.diskFull(path: disk + "/checkpoints/.incoming/0-2-t")) {
        try folder.begin("0-2-t")
      }
    }
  }
}
