internal import Foundation
internal import PoptrainStore

/// What is stored under one number: its entry, and those before it since the block began.
///
/// So a process that is many entries behind reads one object for a whole block. A block ends before it is so large that
/// writing it again with each entry would cost more than reading entries one by one.
struct LogBlock {
  static let mostEntries = 64
  static let mostBytes = 32 << 10

  /// The number of its first entry.
  private(set) var first: Int
  private(set) var lines: [Data] = []
  /// What to store under the number of its last entry.
  private(set) var contents = Data()

  /// An empty block, which begins with this number.
  init(first: Int) {
    self.first = first
  }

  /// What is stored under a number.
  init(storedUnder number: Int, _ contents: Data) {
    // Not of the data itself, which takes ten times as long.
    lines = contents.withUnsafeBytes { $0.split(separator: UInt8(ascii: "\n")).map { Data($0) } }
    first = number - lines.count + 1
    self.contents = contents
  }

  /// The number of its last entry.
  var last: Int { first + lines.count - 1 }

  /// Adds the next entry, in a new block where this one is full.
  mutating func append(_ line: Data) {
    if lines.count >= LogBlock.mostEntries || contents.count + line.count > LogBlock.mostBytes {
      self = LogBlock(first: last + 1)
    }
    lines.append(line)
    contents += line
    contents.append(UInt8(ascii: "\n"))
  }

  /// Its entries from a number on.
  func entries(from number: Int, in log: any EntryReader) throws(LogFailure) -> [LogEntry] {
    try zip(first..., lines).drop { $0.0 < number }.map { number, line throws(LogFailure) in
      try LogEntry(line: line, number: number, in: log)
    }
  }
}

extension EntryReader {
  /// The blocks from the one that ends with an entry back to the one that is enough, in order. Each tells where the one
  /// before it ends.
  func blocks(
    backFrom last: Int, until isEnough: (LogBlock) throws(LogFailure) -> Bool
  ) throws(LogFailure) -> [LogBlock] {
    var blocks: [LogBlock] = []
    var next = last
    while next > 0 {
      let block = LogBlock(storedUnder: next, try read(next))
      guard !block.lines.isEmpty else {
        throw .refused(.damaged(path: "\(self)", what: "entry \(next) is empty"))
      }
      blocks.append(block)
      if try isEnough(block) { break }
      next = block.first - 1
    }
    return blocks.reversed()
  }
}
