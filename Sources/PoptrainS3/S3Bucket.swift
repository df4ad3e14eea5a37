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

  /// The keys that begin with a prefix, in ascending order.
  ///
  /// - Parameter after: a key; only those behind it are listed.
  package func keys(under prefix: String, after: String? = nil) throws(S3Failure) -> [String] {
    var (keys, isWhole) = try firstKeys(under: prefix, after: after)
    while !isWhole {
      let page = try firstKeys(under: prefix, after: keys.last)
      (keys, isWhole) = (keys + page.keys, page.isWhole)
    }
    return keys
  }

  /// The first 1,000 of these keys, or fewer.
  ///
  /// - Returns: also whether they are all.
  package func firstKeys(
    under prefix: String, after: String? = nil
  ) throws(S3Failure) -> (keys: [String], isWhole: Bool) {
    let under = location.key(prefix)
    let list = S3Request(
      method: .GET, path: "/\(location.bucket)",
      query: ["list-type": "2", "encoding-type": "url", "prefix": under, "start-after": after.map(location.key) ?? ""])
    let answer = try send(list, "LIST of s3://\(location.bucket)/\(under)").answer()
    try answer.expectSuccess()
    // Ceph leaves an apostrophe as it is, and then has to write it as XML does.
    let keys = answer.texts(of: "Key").compactMap {
      $0.replacing("&apos;", with: "'").replacing("+", with: " ").removingPercentEncoding
    }
    let isWhole = keys.isEmpty || answer.texts(of: "IsTruncated").first != "true"
    return (keys.map { String(decoding: $0.utf8.dropFirst(location.key("").utf8.count), as: UTF8.self) }, isWhole)
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
