import Foundation
import PoptrainCheckpoints
import PoptrainS3
import PoptrainStoreTesting
import PopulationBasedTraining
import Testing

/// What several machines do with the checkpoints of a run in a bucket, on a real server.
@Suite("Checkpoints in a bucket")
struct CheckpointBucketTests {
  private let bucket: S3Bucket

  init() throws { bucket = try S3TestServer.shared().place() }

  /// One that has a folder of its own.
  private struct Machine {
    let run: RunFolder
    let checkpoints: CheckpointBucket

    init(_ bucket: S3Bucket, in parent: String = NSTemporaryDirectory(), capacity: Int = 10) throws {
      run = try RunFolder(in: parent)
      checkpoints = CheckpointBucket(bucket, folder: run.checkpoints, capacity: capacity)
    }

    func publish(_ id: CheckpointID, _ files: [String: String] = ["model": "w"]) throws {
      try run.begin(id, files)
      try checkpoints.publish(id)
    }

    func holds(_ id: CheckpointID) -> Bool { exists(run.checkpoints.path(of: id)) }
  }

  private func keys() throws -> [String] { try bucket.objects(under: "").map(\.key) }

  @Test("are whole on every machine, with folders and empty files")
  func fetched() throws {
    let (one, other) = (try Machine(bucket), try Machine(bucket))
    try one.publish("0-1-t", ["model": "weights", "a/b/c": "", "ü é": "x"])
    try other.checkpoints.verify("0-1-t")
    let path = other.checkpoints.path(of: "0-1-t")
    #expect(try String(contentsOfFile: path + "/model", encoding: .utf8) == "weights")
    #expect(exists(path + "/a/b/c") && exists(path + "/ü é"))
    #expect(try status(path + "/model").st_mode & 0o222 == 0)
    #expect(try names(in: other.run.checkpoints.path + "/.incoming").isEmpty)
    #expect(try other.checkpoints.names() == ["0-1-t"])
  }

  @Test("are gone for all once one has removed them, and it is no error to do it again")
  func removed() throws {
    let (one, other) = (try Machine(bucket), try Machine(bucket))
    try one.publish("0-1-t")
    try one.publish("0-2-t")
    try other.checkpoints.remove("0-1-t")
    try other.checkpoints.remove("0-1-t")
    #expect(try keys() == ["checkpoints/0-2-t/.manifest.json", "checkpoints/0-2-t/model"])
    #expect(throws: CheckpointError.self) { try other.checkpoints.verify("0-1-t") }
    #expect(!other.holds("0-1-t"))
  }

  @Test("that are not as they were published are never used", arguments: ["gone", "changed", "without a manifest"])
  func damaged(how: String) throws {
    let (one, other) = (try Machine(bucket), try Machine(bucket))
    try one.publish("0-1-t")
    switch how {
    case "gone": try bucket.delete("checkpoints/0-1-t/model")
    case "changed": try bucket.put("checkpoints/0-1-t/model", Data("v".utf8))
    default: try bucket.delete("checkpoints/0-1-t/.manifest.json")
    }
    #expect {
      try other.checkpoints.verify("0-1-t")
    } throws: { error in
      if case .damaged = error as? CheckpointError { true } else { false }
    }
    #expect(!other.holds("0-1-t"))
    #expect(try names(in: other.run.checkpoints.path + "/.incoming").isEmpty)
  }

  @Test("of which the copy on a machine is damaged are fetched again")
  func damagedCopy() throws {
    let (one, other) = (try Machine(bucket), try Machine(bucket))
    try one.publish("0-1-t", ["model": "weights"])
    try other.checkpoints.fetch("0-1-t")
    let copy = other.checkpoints.path(of: "0-1-t") + "/model"
    chmod(copy, 0o644)
    try write("wrights", to: copy)
    try other.checkpoints.verify("0-1-t")
    #expect(try read(copy) == "weights")
  }

  @Test("of which the upload came to nothing are uploaded when the bucket answers")
  func outage() throws {
    let server = try S3TestServer()
    let machine = try RunFolder()
    let away = CheckpointBucket(try server.place(), folder: machine.checkpoints, capacity: 10)
    server.kill()
    try machine.begin("0-1-t", ["model": "w"])
    #expect {
      try away.publish("0-1-t")
    } throws: { error in
      (error as? CheckpointError)?.passes == true
    }
    try CheckpointBucket(bucket, folder: machine.checkpoints, capacity: 10).publish("0-1-t")
    let other = try Machine(bucket)
    try other.checkpoints.verify("0-1-t")
  }

  @Test("that do not fit on the disk of a machine are fetched when there is room")
  func diskFull() throws {
    let one = try Machine(bucket)
    try one.publish("0-1-t", ["model": String(repeating: "w", count: 1 << 20)])
    try onSmallDisk("size=2m") { disk in
      let other = try Machine(bucket, in: disk)
      try write(String(repeating: "x", count: 3 << 19), to: disk + "/other")
      #expect {
        try other.checkpoints.verify("0-1-t")
      } throws: { error in
        if case .diskFull = error as? CheckpointError { true } else { false }
      }
      #expect(!other.holds("0-1-t"))
      #expect(try names(in: other.run.checkpoints.path + "/.incoming").isEmpty)
      unlink(disk + "/other")
      try other.checkpoints.verify("0-1-t")
    }
  }

  @Test("stay on a machine only while they are among those used last")
  func capacity() throws {
    let one = try Machine(bucket, capacity: 2)
    try one.publish("0-1-t")
    try one.publish("0-2-t")
    try one.checkpoints.verify("0-1-t")
    try one.publish("0-3-t")
    #expect(one.holds("0-1-t") && !one.holds("0-2-t") && one.holds("0-3-t"))
    try one.checkpoints.verify("0-2-t")
    #expect(!one.holds("0-1-t") && one.holds("0-2-t"))
  }

  @Test("that nothing refers to are listed with their sizes")
  func strays() throws {
    let one = try Machine(bucket)
    try one.publish("0-1-kept")
    try one.publish("0-2-stray", ["model": "weights"])
    let manifest = try #require(try bucket.get("checkpoints/0-2-stray/.manifest.json")).count
    let strays = try CheckpointBucket.strays(in: bucket, besides: ["0-1-kept"])
    #expect(strays.map(\.path) == ["0-2-stray"] && strays.map(\.bytes) == [7 + manifest])
  }
}
