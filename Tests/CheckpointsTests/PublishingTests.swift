import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Testing

import Glibc

@Suite("Publishing a checkpoint")
struct PublishingTests {
  @Test("moves what was saved into place, read-only, with a manifest", arguments: [true, false])
  func publishes(isDurable: Bool) throws {
    let run = try RunFolder(isDurable: isDurable)
    let incoming = try run.begin("0-1-t", ["model": "weights", "optimizer/state/moments": "m", "optimizer/step": "7"])
    try run.checkpoints.publish("0-1-t")
    let path = run.checkpoints.path(of: "0-1-t")
    #expect(path == run.path + "/checkpoints/0-1-t")
    #expect(!exists(incoming))
    #expect(try names(in: path) == [".manifest.json", "model", "optimizer"])
    #expect(try read(path + "/model") == "weights")
    for file in ["model", ".manifest.json", "optimizer/step", "optimizer/state/moments"] {
      #expect(try permissions(path + "/" + file) == 0o444, "\(file)")
    }
    for folder in ["", "/optimizer", "/optimizer/state"] {
      #expect(try permissions(path + folder) == 0o555, "\(folder)")
    }
    try run.checkpoints.verify("0-1-t")
    try run.afresh().verify("0-1-t")
  }

  /// The hashes are those of `xxhsum -H2`, from another implementation.
  @Test(
    "records sizes and XXH3 hashes of 128 bits",
    arguments: [
      ("", "99aa06d3014798d86001c324468d497f"), ("abc", "06b05ab6733a618578af5f94892f3950"),
      (String(repeating: "\0", count: 3 << 20), "5c88e21b630ed3530a39e93b412201bd"),
    ])
  func hashes(contents: String, hash: String) throws {
    let run = try RunFolder()
    let entry = try #require(try manifest(of: run.publish("0-1-t", ["file": contents]))["file"])
    #expect(entry.bytes == contents.utf8.count)
    #expect(entry.hash == hash)
  }

  @Test("hashes files that are larger than its buffer and no multiple of it")
  func hashesInPieces() throws {
    let run = try RunFolder()
    let incoming = try run.begin("0-1-t")
    let megabyte = Data((0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) })
    try (megabyte + megabyte + Data("tail".utf8)).write(to: URL(filePath: incoming + "/file"))
    try run.checkpoints.publish("0-1-t")
    let entry = try #require(try manifest(of: run.checkpoints.path(of: "0-1-t"))["file"])
    #expect(entry.bytes == 2_097_156 && entry.hash == "0e90a993284ea24a1078276bf822685e")
  }

  @Test("keeps every name that text can write")
  func unusualNames() throws {
    let run = try RunFolder()
    let files = ["two words": "1", "ünï/кот/猫": "2", "line\nbreak": "3", "quo\"te\\": "4", "-rf": "5", ".hidden": "6"]
    let path = try run.publish("0-1-t", files)
    #expect(Set(try manifest(of: path).keys) == Set(files.keys))
    for (name, contents) in files { #expect(try read("\(path)/\(name)") == contents) }
    try run.afresh().verify("0-1-t")
    try run.checkpoints.remove("0-1-t")
    #expect(!exists(path))
  }

  @Test("keeps a thousand files")
  func manyFiles() throws {
    let run = try RunFolder()
    let files = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("layer \($0 % 10)/\($0)", "\($0)") })
    let path = try run.publish("0-1-t", files)
    #expect(try manifest(of: path).count == 1000)
    try run.afresh().verify("0-1-t")
  }

  @Test("keeps empty files and holes")
  func emptyAndSparse() throws {
    let run = try RunFolder()
    let incoming = try run.begin("0-1-t", ["empty": ""])
    try write("", to: incoming + "/sparse")
    #expect(truncate(incoming + "/sparse", 64 << 20) == 0)
    try run.checkpoints.publish("0-1-t")
    let files = try manifest(of: run.checkpoints.path(of: "0-1-t"))
    #expect(files["empty"]?.bytes == 0 && files["sparse"]?.bytes == 64 << 20)
    try run.afresh().verify("0-1-t")
  }

  @Test("refuses a folder without a file", arguments: [[], ["a", "a/b"]])
  func refusesNothing(folders: [String]) throws {
    let run = try RunFolder()
    let incoming = try run.begin("0-1-t")
    for folder in folders { mkdir("\(incoming)/\(folder)", 0o755) }
    #expect(throws: CheckpointError.empty(incoming)) { try run.checkpoints.publish("0-1-t") }
    #expect(!exists(run.checkpoints.path(of: "0-1-t")))
    try run.checkpoints.discard("0-1-t")
    #expect(!exists(incoming))
  }

  @Test("refuses the name of the manifest at the top, and nowhere else")
  func reservedName() throws {
    let run = try RunFolder()
    try run.begin("0-1-t", ["model": "w", ".manifest.json": "{}"])
    #expect(throws: CheckpointError.reservedName(".manifest.json")) { try run.checkpoints.publish("0-1-t") }
    try run.publish("0-2-t", ["inner/.manifest.json": "{}"])
    try run.afresh().verify("0-2-t")
  }

  @Test("never replaces a checkpoint")
  func neverReplaces() throws {
    let run = try RunFolder()
    let path = try run.publish("0-1-t", ["model": "first"])
    try run.begin("0-1-t", ["model": "second"])
    #expect(throws: CheckpointError.self) { try run.checkpoints.publish("0-1-t") }
    #expect(try read(path + "/model") == "first")
    // Not even an empty folder, which a plain rename would replace.
    mkdir(run.checkpoints.path(of: "0-2-t"), 0o755)
    try run.begin("0-2-t", ["model": "w"])
    #expect(throws: CheckpointError.self) { try run.checkpoints.publish("0-2-t") }
    #expect(try PublishingTests.isEmpty(run.checkpoints.path(of: "0-2-t")))
  }

  @Test("begins each checkpoint once, in an empty folder")
  func beginsOnce() throws {
    let run = try RunFolder()
    let incoming = try run.begin("0-1-t")
    #expect(try PublishingTests.isEmpty(incoming))
    #expect(throws: CheckpointError.self) { try run.checkpoints.begin("0-1-t") }
  }

  @Test("works for an ordinary user, who cannot move a folder that is read-only")
  func ordinaryUser() throws {
    let run = try RunFolder()
    chmod(run.path, 0o777)
    chmod(run.path + "/checkpoints", 0o777)
    chmod(run.path + "/checkpoints/.incoming", 0o777)
    try asOrdinaryUser {
      let path = try run.checkpoints.begin("0-1-t")
      mkdir(path + "/inner", 0o755)
      close(open(path + "/inner/model", O_WRONLY | O_CREAT, 0o600))
      try run.checkpoints.publish("0-1-t")
      #expect(try permissions(run.checkpoints.path(of: "0-1-t")) == 0o555)
      try run.checkpoints.verify("0-1-t")
      try run.checkpoints.pointBest(to: "0-1-t")
      try run.checkpoints.remove("0-1-t")
    }
    #expect(!exists(run.checkpoints.path(of: "0-1-t")))
  }

  private static func isEmpty(_ path: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: path).isEmpty
  }
}
