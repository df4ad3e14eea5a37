@testable import PoptrainS3
import Foundation
import NIOHTTP1
import PoptrainStoreTesting
import Testing

@Suite("A bucket", .timeLimit(.minutes(20))) struct BucketTests {
  private let server: S3TestServer
  private let bucket: S3Bucket

  init() throws {
    server = try .shared()
    bucket = try server.place()
  }

  @Test("holds what was put there, until it is removed")
  func objects() throws {
    #expect(try bucket.get("a") == nil)
    try bucket.put("a", Data("one".utf8))
    try bucket.put("a", Data("other".utf8))
    try bucket.put("empty", Data())
    #expect(try bucket.get("a") == Data("other".utf8))
    #expect(try bucket.get("empty") == Data())
    try bucket.delete("a")
    try bucket.delete("a")
    #expect(try bucket.get("a") == nil)
  }

  @Test("creates an object once")
  func once() throws {
    #expect(try bucket.putIfAbsent("a", Data("one".utf8)))
    #expect(try !bucket.putIfAbsent("a", Data("other".utf8)))
    #expect(try bucket.get("a") == Data("one".utf8))
    try bucket.checkPromise()
    #expect(try bucket.objects(under: "").map(\.key) == ["a"])
  }

  @Test(
    "takes keys of any characters",
    arguments: ["a b", "a+b", "a=b&c", "ü/日本", "100%", "a%20b", "<&>\"'", "~.-_!*()"])
  func characters(key: String) throws {
    let bucket = try S3Bucket(S3Location("\(bucket)/\(key.replacing("/", with: "_"))"), environment: server.environment)
    #expect(try bucket.putIfAbsent(key, Data(key.utf8)))
    #expect(try !bucket.putIfAbsent(key, Data()))
    #expect(try bucket.get(key) == Data(key.utf8))
    #expect(try bucket.objects(under: "").map(\.key) == [key])
  }

  @Test("lists keys in order, those behind one, and those of its own place only")
  func listed() throws {
    let other = try S3Bucket(S3Location("\(bucket)2"), environment: server.environment)
    try other.put("log/1", Data())
    for key in ["log/3", "log/1", "other", "log/2"] { try bucket.put(key, Data()) }
    #expect(try bucket.objects(under: "").map(\.key) == ["log/1", "log/2", "log/3", "other"])
    #expect(try bucket.objects(under: "log/").map(\.key) == ["log/1", "log/2", "log/3"])
    #expect(try bucket.objects(under: "log/", after: "log/1").map(\.key) == ["log/2", "log/3"])
    #expect(try bucket.objects(under: "log/", after: "log/3").map(\.key) == [])
    #expect(try bucket.objects(under: "absent/").map(\.key) == [])
    try bucket.put("log/3", Data("four".utf8))
    let last = try #require(try bucket.objects(under: "log/").last)
    #expect(last.bytes == 4 && abs(last.modified.timeIntervalSinceNow) < 3600)
  }

  @Test("lists more keys than one answer has", .enabled(if: S3TestServer.isReal))
  func manyKeys() throws {
    let keys = (1...2100).map { "log/\($0 + 10_000)" }
    for key in keys { try bucket.put(key, Data()) }
    #expect(try bucket.objects(under: "log/").map(\.key) == keys)
  }

  /// Above 8 MiB in parts.
  @Test("takes files of any size, and gives them back", arguments: [0, 1, 8 << 20, 8 << 20 + 1, 20_000_001])
  func files(size: Int) throws { try checkFile(of: size, in: bucket) }

  @Test("that is busy is asked again for parts of files", .enabled(if: !S3TestServer.isReal))
  func busy() throws { try checkFile(of: 8 << 20 + 1, in: server.place(in: "busy")) }

  private func checkFile(of size: Int, in bucket: S3Bucket) throws {
    let folder = try TemporaryFolder()
    // Nowhere the same, so that parts in a wrong place are found.
    let lines = (0...size / 8).map { "\($0 + 10_000_000)" }.joined()
    let contents = Data(lines.utf8.prefix(size))
    try contents.write(to: URL(fileURLWithPath: folder.path + "/file"))
    try bucket.upload(folder.path + "/file", to: "file")
    #expect(try bucket.download("file", to: folder.path + "/copy"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/copy")) == contents)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/copy")
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test("says which file is not there, and overwrites none")
  func localFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    #expect(try !bucket.download("absent", to: path))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: S3Failure.refused("\(path) cannot be opened: No such file or directory")) {
      try bucket.upload(path, to: "a")
    }
    try bucket.put("a", Data("new".utf8))
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: S3Failure.refused("\(path) cannot be opened: File exists")) { try bucket.download("a", to: path) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
  }

  @Test(
    "that is not there, or not for who asks, is refused with what to do",
    arguments: [
      ("s3://runs/a", ["AWS_SECRET_ACCESS_KEY": "wrong"], "SignatureDoesNotMatch", "Check AWS_ACCESS_KEY_ID"),
      ("s3://runs/a", ["AWS_ACCESS_KEY_ID": "wrong"], "InvalidAccessKeyId", "Check AWS_ACCESS_KEY_ID"),
      ("s3://absent/a", [:], "NoSuchBucket", "Make the bucket first"),
    ])
  func refused(url: String, changes: [String: String], code: String, remedy: String) throws {
    let environment = server.environment.merging(changes) { $1 }
    let bucket = try S3Bucket(S3Location(url), environment: environment)
    let folder = try TemporaryFolder()
    let calls: [() throws -> Void] = [
      { _ = try bucket.get("key") }, { try bucket.put("key", Data()) }, { _ = try bucket.putIfAbsent("key", Data()) },
      { _ = try bucket.objects(under: "key") }, { _ = try bucket.download("key", to: folder.path + "/file") },
    ]
    for call in calls {
      let error = #expect(throws: S3Failure.self, performing: call)
      let message = if case .refused(let message) = error { message } else { "\(error, default: "no error")" }
      for part in ["\(bucket)/key", code, remedy] { #expect(message.contains(part), "\(message)") }
    }
  }

  @Test("of a server that does not look whether there is an object is refused", .enabled(if: !S3TestServer.isReal))
  func careless() throws {
    let bucket = try server.place(in: "careless")
    #expect {
      try bucket.checkPromise()
    } throws: { error in
      "\(error)".contains("ignores `If-None-Match: *`")
    }
  }

  /// That of Ceph forgets the condition where there are versions.
  @Test("with versions is refused where one of several writers is not refused", .enabled(if: S3TestServer.isReal))
  func versioned() throws {
    let bucket = try server.place(in: "versioned")
    #expect {
      try bucket.checkPromise()
    } throws: { error in
      "\(error)".contains("On Ceph, use a bucket without versions")
    }
  }

  @Test("gives no more of an object than was asked for")
  func limit() throws {
    try bucket.put("a", Data("0123456789".utf8))
    #expect(try bucket.send(bucket.request(.GET, "a"), limit: 10).answer().body.count == 10)
    #expect {
      try bucket.send(bucket.request(.GET, "a"), limit: 9).answer()
    } throws: { error in
      if case .refused(let message) = error as? S3Failure { message.contains("more than 9 bytes") } else { false }
    }
  }

  @Test("of a server that is silent does not answer", .enabled(if: !S3TestServer.isReal))
  func silent() throws {
    let bucket = try server.place(in: "silent")
    #expect {
      try bucket.send(bucket.request(.GET, "a"), seconds: 1).answer()
    } throws: { error in
      if case .noAnswer = error as? S3Failure { true } else { false }
    }
  }

  @Test("of a server that is killed, or is not there, does not answer")
  func killed() async throws {
    let server = try S3TestServer()
    let bucket = try server.place()
    try bucket.put("a", Data("a".utf8))
    let asking = Task.detached {
      while true { _ = try bucket.get("a") }
    }
    server.kill()
    await #expect { try await asking.value } throws: { error in
      if case .noAnswer = error as? S3Failure { true } else { false }
    }
    #expect {
      try bucket.put("a", Data())
    } throws: { error in
      guard case .noAnswer(let message) = error as? S3Failure else { return false }
      return message.hasSuffix("had no answer: Connection refused")
    }
  }
}
