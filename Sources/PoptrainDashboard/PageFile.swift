/// A file of the page as it is sent.
struct PageFile: Sendable {
  let bytes: [UInt8]
  /// The media type.
  let type: String
  /// What it is recognised by when it has not changed.
  let tag: String

  /// The files by name.
  static let all = Dictionary(uniqueKeysWithValues: PageFiles.all.map { ($0, PageFile($0, $1)) })

  private init(_ name: String, _ bytes: [UInt8]) {
    self.bytes = bytes
    type =
      switch name.split(separator: ".").last {
      case "html": "text/html; charset=utf-8"
      case "js": "text/javascript; charset=utf-8"
      case "css": "text/css; charset=utf-8"
      case "svg": "image/svg+xml"
      case "png": "image/png"
      case "json": "application/json"
      default: "application/octet-stream"
      }
    // FNV-1a: the files are those of this program, so nobody makes two of one hash.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    tag = "\"\(String(hash, radix: 16))\""
  }
}
