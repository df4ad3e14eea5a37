/// A place in a bucket, such as `s3://bucket/runs/digits`.
package struct S3Location: Hashable, Sendable, CustomStringConvertible {
  package let bucket: String
  /// What all keys of the place begin with, before a `/`; empty for the whole bucket.
  package let prefix: String

  /// Parses a URL. What is behind the bucket is taken as it is: a `%` is a `%`.
  package init(_ url: String) throws(S3Failure) {
    func fail(_ what: String) -> S3Failure {
      .refused("`\(url)` is not a location in a bucket: \(what); write s3://BUCKET/FOLDER")
    }
    guard url.hasPrefix("s3://") else { throw fail("it does not begin with `s3://`") }
    guard !url.contains(where: \.isControl) else { throw fail("it contains a control character") }
    if let mark = url.first(where: { "?#".contains($0) }) { throw fail("it contains `\(mark)`") }
    var parts = url.dropFirst("s3://".count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    bucket = parts.removeFirst()
    guard !bucket.isEmpty else { throw fail("it names no bucket") }
    guard bucket.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]/) != nil else {
      throw fail("the name of a bucket has 3 to 63 letters, digits, `-` and `.`, and `\(bucket)` has not")
    }
    if let part = parts.first(where: { ["", ".", ".."].contains($0) }) {
      throw fail(part.isEmpty ? "a folder in it has no name" : "`\(part)` is no name of a folder")
    }
    prefix = parts.joined(separator: "/")
    // A key has at most 1024 bytes, and those of a run's files are long.
    guard prefix.utf8.count <= 512 else { throw fail("what is behind the bucket has more than 512 bytes") }
  }

  package var description: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }

  /// What the place is called among others.
  package var name: String { prefix.split(separator: "/").last.map(String.init) ?? bucket }

  /// The whole key of one that is relative to the place.
  func key(_ relative: String) -> String { prefix.isEmpty ? relative : "\(prefix)/\(relative)" }
}

extension Character {
  fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
