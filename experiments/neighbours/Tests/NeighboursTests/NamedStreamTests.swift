import Neighbours
import Testing

@Suite struct NamedStreamTests {
  /// The wanted words are from an implementation in Python, whose generator gives the published words for state 1, 2,
  /// 3, 4.
  @Test func theGeneratorIsThatOfItsDefinition() {
    var stream = NamedStream(seed: 7, "samples", 3)
    let words = (0..<4).map { _ in stream.next() }
    #expect(words == [0x5398_3E5F_1AB5_8E50, 0xBFD3_3753_78DA_B84B, 0x8A09_DF28_E144_ECE1, 0x6873_66CD_B4D4_7BF2])
  }

  @Test func eachPartOfTheNameCounts() {
    func first(_ stream: NamedStream) -> UInt64 {
      var stream = stream
      return stream.next()
    }
    let all = [
      NamedStream(seed: 1, "a", 2), NamedStream(seed: 2, "a", 2), NamedStream(seed: 1, "b", 2),
      NamedStream(seed: 1, "a", 3),
    ].map(first)
    #expect(Set(all).count == 4)
    #expect(first(NamedStream(seed: 1, "a", 2)) == all[0])
  }

  @Test func normalsHaveTheMomentsOfTheStandardNormalDistribution() {
    var stream = NamedStream(seed: 3, "normal")
    let values = (0..<100_000).map { _ in stream.normal() }
    let mean = values.reduce(0, +) / 100_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 100_000
    let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 100_000
    #expect(abs(mean) < 0.015 && abs(variance - 1) < 0.02 && abs(fourth - 3) < 0.15)
  }
}
