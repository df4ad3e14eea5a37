import Foundation
import PoptrainFuzzing
import PopulationBasedTraining
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
    var dice = Dice()
    for _ in 0..<400 { try enter(door, dice.changed(corpus)) }
  }

  private func enter(_ door: Door, _ bytes: [UInt8]) throws {
    do { try door.enter(bytes) } catch {
      Issue.record("\(error.message)\nof \(Data(bytes).base64EncodedString())")
    }
  }
}

/// Draws changes.
private struct Dice: RandomNumberGenerator {
  private var stream = RandomStream(seed: 2017, member: 0, ordinal: 0, purpose: "fuzzing")

  mutating func next() -> UInt64 { stream.bits() }

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
