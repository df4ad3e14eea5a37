internal import Foundation
internal import NIOHTTP1

internal import Glibc

// Files, in parts that are held in memory: a few at a time, and each asked for again where it had no answer.
extension S3Bucket {
  private static let smallestPart = 8 << 20
  private static let mostParts = 10_000
  private static let partsAtOnce = 4
  private static let attempts = 5

  /// Makes an object of a file, of any size. Others see all of it or nothing.
  package func upload(_ path: String, to key: String) throws(S3Failure) {
    let file = try LocalFile(path, O_RDONLY | O_NOFOLLOW)
    let size = try file.size()
    guard size > S3Bucket.smallestPart else {
      return try inOrder(1) { _ throws(S3Failure) in
        request(.PUT, key, body: try file.read(size, at: 0))
      } take: { _, answer throws(S3Failure) in
        try answer.expectSuccess()
      }
    }
    let upload = try send(request(.POST, key, query: ["uploads": ""])).answer()
    try upload.expectSuccess()
    guard let id = upload.texts(of: "UploadId").first else { throw .refused("\(upload.what) gave no UploadId") }
    do throws(S3Failure) {
      let partSize = max(S3Bucket.smallestPart, (size - 1) / S3Bucket.mostParts + 1)
      var parts = ""
      try inOrder((size - 1) / partSize + 1) { index throws(S3Failure) in
        let part = try file.read(min(partSize, size - index * partSize), at: index * partSize)
        return request(.PUT, key, query: ["uploadId": id, "partNumber": "\(index + 1)"], body: part)
      } take: { index, answer throws(S3Failure) in
        try answer.expectSuccess()
        let tag = answer.headers["etag"] ?? ""
        parts += "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(tag)</ETag></Part>"
      }
      let body = Data("<CompleteMultipartUpload>\(parts)</CompleteMultipartUpload>".utf8)
      let end = try send(request(.POST, key, query: ["uploadId": id], body: body), seconds: 300).answer()
      try end.expectSuccess()
      // A server may begin to answer before it knows.
      if let code = end.code { throw .noAnswer("\(end.what) failed: \(code)") }
    } catch {
      // What was sent would be paid for until somebody removes it.
      _ = try? send(request(.DELETE, key, query: ["uploadId": id])).answer()
      throw error
    }
  }

  /// Makes a file of an object, of any size. There must be no file yet; it is this user's alone. It is removed again where
  /// this fails.
  ///
  /// - Returns: whether there is such an object.
  package func download(_ key: String, to path: String) throws(S3Failure) -> Bool {
    let partSize = S3Bucket.smallestPart
    func part(_ index: Int) -> S3Request {
      request(.GET, key, headers: ["range": "bytes=\(index * partSize)-\((index + 1) * partSize - 1)"])
    }
    var first: S3Answer?
    try inOrder(1, request: part) { _, answer throws(S3Failure) in
      // An object without bytes has no such range.
      if !answer.isAbsent, answer.status != 416 { try answer.expectSuccess() }
      first = answer
    }
    guard let first, !first.isAbsent else { return false }
    let contents = first.isSuccess ? first.body : Data()
    let size = first.headers["content-range"].flatMap { Int($0.split(separator: "/").last ?? "") } ?? contents.count
    guard size >= contents.count else { throw .noAnswer("\(first.what) gave more than its \(size) bytes") }

    let file = try LocalFile(path, O_WRONLY | O_CREAT | O_EXCL)
    do throws(S3Failure) {
      try file.write(contents)
      try inOrder((size - 1) / partSize) { index in
        part(index + 1)
      } take: { index, answer throws(S3Failure) in
        try answer.expectSuccess()
        guard answer.headers["etag"] == first.headers["etag"] else {
          throw .refused("\(answer.what) found another object than before: somebody replaced it")
        }
        try file.write(answer.body)
      }
      guard try file.size() == size else { throw .noAnswer("\(first.what) gave less than its \(size) bytes") }
    } catch {
      unlink(path)
      throw error
    }
    return true
  }

  /// Makes requests, a few at a time, and takes their answers in order.
  private func inOrder(
    _ count: Int, request: (Int) throws(S3Failure) -> S3Request,
    take: (Int, S3Answer) throws(S3Failure) -> Void
  ) throws(S3Failure) {
    func send(_ index: Int) throws(S3Failure) -> S3Call {
      try self.send(request(index), limit: S3Bucket.smallestPart, seconds: 300)
    }
    var calls: [S3Call] = []
    defer { for call in calls { call.cancel() } }
    for index in 0..<count {
      while calls.count < S3Bucket.partsAtOnce, index + calls.count < count {
        calls.append(try send(index + calls.count))
      }
      var (call, attempt) = (calls.removeFirst(), 1)
      while true {
        do throws(S3Failure) {
          try take(index, call.answer())
          break
        } catch {
          guard case .noAnswer = error, attempt < S3Bucket.attempts else { throw error }
          sleep(1 << UInt32(attempt - 1))
          (call, attempt) = (try send(index), attempt + 1)
        }
      }
    }
  }
}

/// A file of this machine.
private struct LocalFile {
  private let path: String
  private let handle: FileHandle

  init(_ path: String, _ flags: CInt) throws(S3Failure) {
    self.path = path
    let descriptor = open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      guard !LocalFile.tellsFullDisk(errno) else { throw .diskFull(path: path) }
      throw .refused("\(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func size() throws(S3Failure) -> Int { Int(try attempt { try handle.seekToEnd() }) }

  func read(_ count: Int, at offset: Int) throws(S3Failure) -> Data {
    let contents = try attempt {
      try handle.seek(toOffset: UInt64(offset))
      return try handle.read(upToCount: count) ?? Data()
    }
    guard contents.count == count else { throw .refused("\(path) became shorter while it was read") }
    return contents
  }

  /// Writes at the end.
  func write(_ contents: Data) throws(S3Failure) { try attempt { try handle.write(contentsOf: contents) } }

  private func attempt<Value>(_ body: () throws -> Value) throws(S3Failure) -> Value {
    do { return try body() } catch {
      let error = error as NSError
      let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
      guard !LocalFile.tellsFullDisk(CInt(cause.code)) else { throw .diskFull(path: path) }
      throw .refused("\(path) cannot be read or written: \(error.localizedDescription)")
    }
  }

  private static func tellsFullDisk(_ code: CInt) -> Bool { code == ENOSPC || code == EDQUOT }
}
