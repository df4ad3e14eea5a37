import Foundation
import Fuzzing
import Testing

/// What fuzzing has found worth keeping, as it is and with seeded changes. `make fuzz` looks for more.
@Suite struct DoorTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The bytes that are kept for a door.
  private static func corpus(of door: Door) throws -> [[UInt8]] {
    let folder = sources.appending(path: "Tests/Fixtures/fuzzing/\(door.rawValue)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try Array(Data(contentsOf: folder.appending(path: $0)))
    }
  }

  @Test(arguments: Door.allCases)
  func `Whatever comes in, there is an answer or an error`(door: Door) throws {
    let corpus = try Self.corpus(of: door)
    #expect(corpus.count >= 3)
    for bytes in corpus { try enter(door, bytes) }
    var dice = Dice(state: 2017)
    for _ in 0..<400 { try enter(door, dice.changed(corpus)) }
  }

  private func enter(_ door: Door, _ bytes: [UInt8]) throws {
    do { try door.enter(bytes) } catch {
      Issue.record("\(error.message)\nof \(Data(bytes).base64EncodedString())")
    }
  }
}

/// A small generator of changes (SplitMix64).
private struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// One of the texts with a few bytes changed, or a piece of another in it.
  mutating func changed(_ corpus: [[UInt8]]) -> [UInt8] {
    var bytes = corpus.randomElement(using: &self) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let position = Int.random(in: 0...bytes.count, using: &self)
      let end = min(bytes.count, position + Int.random(in: 0...8, using: &self))
      let other = corpus.randomElement(using: &self) ?? []
      let from = Int.random(in: 0...other.count, using: &self)
      let piece = other[from..<min(other.count, from + Int.random(in: 0...16, using: &self))]
      let isPiece = Bool.random(using: &self)
      bytes.replaceSubrange(position..<end, with: isPiece ? Array(piece) : [.random(in: 0...255, using: &self)])
    }
    return bytes
  }
}
