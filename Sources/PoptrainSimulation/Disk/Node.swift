/// A file, folder or link of a simulated disk: what programs see, and what a power cut would leave.
final class Node {
  enum Kind { case file, folder, link }

  let kind: Kind
  /// What programs read.
  var bytes: [UInt8] = []
  /// What was flushed; none: nothing yet.
  var flushedBytes: [UInt8]?
  /// What programs find in a folder.
  var entries: [String: Node] = [:]
  /// What of it was flushed.
  var flushedEntries: [String: Node] = [:]

  init(_ kind: Kind) {
    self.kind = kind
  }

  /// What a path leads to; none where nothing does.
  func find(_ path: some StringProtocol, flushed: Bool = false) -> Node? {
    path.split(separator: "/").reduce(self) { node, name in
      flushed ? node?.flushedEntries[String(name)] : node?.entries[String(name)]
    }
  }
}
