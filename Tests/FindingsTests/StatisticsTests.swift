import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainFindings

/// A line of `Tests/References/ranks.txt`, which scipy and numpy made.
private func references(_ kind: String) throws -> [[[Double]]] {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "References/ranks.txt")
  let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    .filter { $0.hasPrefix(kind + ";") }
  try #require(!lines.isEmpty)
  return lines.map { line in
    line.split(separator: ";").dropFirst().map { $0.split(separator: " ").compactMap { Double($0) } }
  }
}

private func isClose(_ number: Double, _ expected: Double) -> Bool {
  abs(number - expected) <= 1e-12 * max(1, abs(expected))
}

@Suite struct StatisticsTests {
  @Test func `Ranks are scipy's`() throws {
    for fields in try references("midranks") { #expect(midranks(fields[0]) == fields[1]) }
  }

  @Test func `Two groups have the probability of scipy's Mann-Whitney test`() throws {
    for fields in try references("groups") {
      let points =
        fields[0].map { StratifiedRankTest.Point(weight: 1, value: $0) }
        + fields[1].map { StratifiedRankTest.Point(weight: 0, value: $0) }
      #expect(isClose(StratifiedRankTest([points]).twoSidedP, fields[2][0]))
    }
  }

  @Test func `With ranks as weights the correlation is scipy's Spearman`() throws {
    for fields in try references("correlation") {
      let points = zip(midranks(fields[0]), fields[1]).map { StratifiedRankTest.Point(weight: $0, value: $1) }
      let test = StratifiedRankTest([points])
      #expect(isClose(test.correlation, fields[2][0]))
      #expect(isClose(test.statistic, test.correlation / test.standardError))
    }
  }

  @Test func `Over strata the statistic is the one of all orders within them`() throws {
    for fields in try references("strata") {
      var points = zip(fields[1], fields[2]).map { StratifiedRankTest.Point(weight: $0, value: $1) }
      var strata: [[StratifiedRankTest.Point]] = []
      for size in fields[0] {
        strata.append(Array(points.prefix(Int(size))))
        points.removeFirst(Int(size))
      }
      #expect(isClose(StratifiedRankTest(strata).statistic, fields[3][0]))
    }
  }

  @Test func `Where nothing varies nothing is told`() {
    let test = StratifiedRankTest([
      [.init(weight: 1, value: 2), .init(weight: 1, value: 3)], [.init(weight: 0, value: 1)],
    ])
    #expect(test.statistic == 0 && test.twoSidedP == 1 && test.correlation == 0 && test.standardError == .infinity)
  }

  @Test func `The slope is that of medians of thirds`() throws {
    for fields in try references("slope") { #expect(isClose(try #require(resistantSlope(fields[0])), fields[1][0])) }
    #expect(resistantSlope([1, 2]) == nil)
  }

  @Test func `Noise is found around a line, whatever its slope, and where it changes with age`() throws {
    var random = RandomStream(seed: 1, member: 0, ordinal: 0, purpose: "noise")
    func triples(_ count: Int, age: Int, deviation: Double, random: inout RandomStream) -> [ScoreNoise.Triple] {
      (0..<count).map { _ in
        let ages = (age, age + 1, age + 3)
        return ScoreNoise.Triple(
          ages: ages,
          scores: (
            5 * Double(ages.0) + deviation * random.normal(), 5 * Double(ages.1) + deviation * random.normal(),
            5 * Double(ages.2) + deviation * random.normal()
          ))
      }
    }
    let early = triples(2000, age: 10, deviation: 3, random: &random)
    let late = triples(2000, age: 100, deviation: 0.5, random: &random)
    let noise = try #require(ScoreNoise(late + early))
    #expect(abs(noise.deviation(near: 0) / 3 - 1) < 0.2)
    #expect(abs(noise.deviation(near: 1000) / 0.5 - 1) < 0.2)
    #expect(ScoreNoise(Array(early.prefix(ScoreNoise.leastTriples - 1))) == nil)
  }
}
