import Neighbours
import Testing

@Suite struct NamedStreamTests {
  @Test func theSameNameGivesTheSameNumbers() {
    var (first, second) = (NamedStream(seed: 1, "a", 2), NamedStream(seed: 1, "a", 2))
    var other = NamedStream(seed: 1, "b", 2)
    let (number, same, different) = (first.next(), second.next(), other.next())
    #expect(number == same)
    #expect(number != different)
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
