package import Foundation

/// An object, as a bucket lists it.
package struct S3Object: Hashable, Sendable {
  package let key: String
  package let bytes: Int
  /// When it was last written, by the clock of the server.
  package let modified: Date

  /// Reads an entry of a list; none where it is none, or one of another place.
  init?(listed xml: String, under location: S3Location) {
    func text(_ element: String) -> String? { S3Answer.texts(of: element, in: xml).first }
    // Ceph leaves an apostrophe as it is, and then has to write it as XML does.
    let encoded = text("Key")?.replacing("&apos;", with: "'").replacing("+", with: " ")
    guard let key = encoded?.removingPercentEncoding,
      key.utf8.starts(with: location.key("").utf8),
      let bytes = text("Size").flatMap(Int.init), bytes >= 0,
      let modified = text("LastModified").flatMap(S3Object.time)
    else { return nil }
    self.key = String(decoding: key.utf8.dropFirst(location.key("").utf8.count), as: UTF8.self)
    self.bytes = bytes
    self.modified = modified
  }

  /// Such as `2026-11-30T08:00:00.000Z`, or without the fraction.
  private static func time(_ text: String) -> Date? {
    (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      ?? (try? Date(text, strategy: .iso8601))
  }
}
