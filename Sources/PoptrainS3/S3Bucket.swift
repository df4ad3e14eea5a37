package import Foundation
internal import NIOHTTP1

/// The objects of one place in a bucket. Keys are relative to the place. Every call blocks, for a minute at most where it
/// moves no file, and may be made by any thread but one of the network's.
package final class S3Bucket: Sendable, CustomStringConvertible {
  package let location: S3Location
  private let server: S3Server

  /// Finds credentials, region and endpoint as the tools of AWS find them.
  package init(_ location: S3Location, environment: [String: String]) throws(S3Failure) {
    self.location = location
    server = try S3Server(environment: environment)
  }

  package var description: String { "\(location)" }

  /// Creates an object, unless there is one of this key.
  ///
  /// - Returns: whether it was created. Where it was not, an earlier request may have done so whose answer was lost.
  package func putIfAbsent(_ key: String, _ contents: Data) throws(S3Failure) -> Bool {
    let answer = try send(creation(of: key, contents)).answer()
    guard answer.status != 412 else { return false }
    try answer.expectSuccess()
    return true
  }

  /// The request of `putIfAbsent`.
  func creation(of key: String, _ contents: Data) -> S3Request {
    request(.PUT, key, headers: ["if-none-match": "*"], body: contents)
  }

  /// Creates an object, or replaces it.
  package func put(_ key: String, _ contents: Data) throws(S3Failure) {
    try send(request(.PUT, key, body: contents)).answer().expectSuccess()
  }

  /// Reads an object of at most 64 MiB; none where there is none.
  package func get(_ key: String) throws(S3Failure) -> Data? {
    let answer = try send(request(.GET, key), limit: 64 << 20).answer()
    guard !answer.isAbsent else { return nil }
    try answer.expectSuccess()
    return answer.body
  }

  /// What has a key that begins with a prefix, in the order of the keys.
  ///
  /// - Parameter after: a key; only what is behind it is listed.
  package func objects(under prefix: String, after: String? = nil) throws(S3Failure) -> [S3Object] {
    var (objects, isWhole) = try firstObjects(under: prefix, after: after)
    while !isWhole {
      let page = try firstObjects(under: prefix, after: objects.last?.key)
      (objects, isWhole) = (objects + page.objects, page.isWhole)
    }
    return objects
  }

  /// The first 1,000 of these objects, or fewer.
  ///
  /// - Returns: also whether they are all.
  package func firstObjects(
    under prefix: String, after: String? = nil
  ) throws(S3Failure) -> (objects: [S3Object], isWhole: Bool) {
    let under = location.key(prefix)
    let list = S3Request(
      method: .GET, path: "/\(location.bucket)",
      query: ["list-type": "2", "encoding-type": "url", "prefix": under, "start-after": after.map(location.key) ?? ""])
    let answer = try send(list, "LIST of s3://\(location.bucket)/\(under)").answer()
    try answer.expectSuccess()
    let objects = answer.objects(under: location)
    let isWhole = objects.isEmpty || answer.texts(of: "IsTruncated").first != "true"
    return (objects, isWhole)
  }

  /// Removes an object, if there is one.
  package func delete(_ key: String) throws(S3Failure) {
    let answer = try send(request(.DELETE, key)).answer()
    if !answer.isAbsent { try answer.expectSuccess() }
  }

  /// A request about an object.
  func request(
    _ method: HTTPMethod, _ key: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: Data = Data()
  ) -> S3Request {
    S3Request(
      method: method, path: "/\(location.bucket)/\(location.key(key))", query: query, headers: headers, body: body)
  }

  /// Sends a request, and does not wait.
  ///
  /// - Parameters:
  ///   - what: the request, for messages.
  ///   - limit: the most bytes that an answer may have.
  ///   - seconds: how long the answer may take.
  func send(
    _ request: S3Request, _ what: String? = nil, limit: Int = 8 << 20, seconds: Int64 = 20
  ) throws(S3Failure) -> S3Call {
    let what = what ?? "\(request.method) of s3:/\(request.path)"
    return try server.send(request, "\(what) at \(server.endpoint)", limit: limit, seconds: seconds)
  }
}
