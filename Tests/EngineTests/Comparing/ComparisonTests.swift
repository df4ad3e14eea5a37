@testable import PoptrainPages
@testable import PoptrainComparing
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainEngine

@Suite struct ComparisonTests {
  /// Lines of `Tests/References/comparison.txt`, which scipy made.
  private static let tables: [(mode: String, base: [Double], other: [Double], expected: [Double])] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "References/comparison.txt")
    let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.map { line in
      let fields = line.split(separator: ";")
      let numbers = fields.dropFirst().map { $0.split(separator: " ").compactMap { Double($0) } }
      return (String(fields[0]), numbers[0], numbers[1], numbers[2])
    }
  }()

  @Test func `The numbers of a comparison are those of scipy`() throws {
    #expect(ComparisonTests.tables.count == 16)
    for table in ComparisonTests.tables {
      let plan = try plan(seeds: table.base.count, mode: table.mode)
      let comparison = plan.comparison([table.base, table.other].map { $0.map { $0.isNaN ? nil : $0 } })
      let row = comparison.rows[1]
      let pairs = try #require(row.pairs)
      let interval = try #require(pairs.interval)
      let deviation = try #require(row.values?.standardDeviation)
      let numbers = [
        Double(row.values?.values.count ?? 0), row.values?.mean ?? 0, deviation, Double(pairs.wins), Double(pairs.ties),
        Double(pairs.losses), pairs.differences.mean, interval.lowerBound, interval.upperBound, pairs.test.twoSidedP,
        pairs.signTest.twoSidedP,
      ]
      for (number, expected) in zip(numbers, table.expected) {
        #expect(abs(number - expected) <= 1e-11 * max(abs(expected), 0.1), "\(number), not \(expected)")
      }
      #expect(numbers.count == table.expected.count)
      #expect(abs((row.medianMembers?.mean ?? 0) - table.expected[1] + 0.125) < 1e-12)
      #expect(comparison.baseline.pairs == nil)
      // At the end, the runs of this plan have twice the value.
      let atEnd = try #require(row.pairsAtEnd)
      #expect((atEnd.wins, atEnd.ties, atEnd.losses) == (pairs.wins, pairs.ties, pairs.losses))
      #expect(abs(atEnd.differences.mean - 2 * pairs.differences.mean) < 1e-12)
      #expect(abs(atEnd.test.twoSidedP - pairs.test.twoSidedP) < 1e-11)
      #expect(abs((row.valuesAtEnd?.mean ?? 0) - 2 * table.expected[1]) < 1e-12)
      #expect(comparison.baseline.pairsAtEnd == nil)
    }
  }

  @Test func `What is said of an alternative is what its pairs can show`() throws {
    func sentence(_ base: [Double?], _ other: [Double?], mode: String = "max") throws -> String {
      let comparison = try plan(seeds: base.count, mode: mode).comparison([base, other])
      return comparison.sentence(comparison.rows[1]).replacing("\u{A0}", with: " ")
    }
    let base: [Double?] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    let better: [Double?] = [0.51, 0.53, 0.52, 0.55, 0.54, 0.56, 0.57, 0.5]
    #expect(
      try sentence(base, better)
        == "random_search is better than the baseline in 7 of 8 seeds: mean difference +0.035 (95 % 0.015 to 0.055), p = 0.0156."
    )
    #expect(
      try sentence(base, better, mode: "min")
        .hasPrefix("random_search is worse than the baseline in 7 of 8 seeds: mean "))
    #expect(
      try sentence(better, base)
        .hasPrefix("random_search is worse than the baseline in 7 of 8 seeds: mean difference -0.035"))
    #expect(
      try sentence([0.5, 0.5, 0.5, 0.5, 0.5], [0.51, 0.53, 0.52, 0.55, 0.54])
        == "random_search is better than the baseline in 5 of 5 seeds, which may be chance: mean difference +0.030 (95 % 0.010 to "
        + "0.050), p = 0.0625. 5 seeds that differ cannot show p < 0.05 with this test; the least possible is 0.0625.")
    #expect(
      try sentence(base, [0.51, 0.49, 0.52, 0.48, 0.53, 0.46, 0.5, 0.5])
        == "random_search is better than the baseline in 3 of 8 seeds and worse in as many, which may be chance: mean difference "
        + "-0.001 (95 % -0.020 to 0.017), p = 1.")
    #expect(
      try sentence([0.5], [0.25])
        == "random_search is worse than the baseline with the one seed, which may be chance: mean difference -0.2500, p = 1. One "
        + "seed that differs cannot show p < 0.05 with this test; the least possible is 1.0.")
    // Few large differences outweigh many small ones.
    let large: [Double?] = (1...14).map { 0.6 + 0.01 * Double($0) }
    let small: [Double?] = (1...16).map { 0.5 - 0.001 * Double($0) }
    for (mode, word) in [("max", "better"), ("min", "worse")] {
      #expect(
        try sentence(Array(repeating: 0.5, count: 30), large + small, mode: mode)
          .hasPrefix("random_search is \(word) than the baseline in 14 of 30 seeds: mean difference +"))
    }
    #expect(try sentence([0.5, 0.25], [0.5, 0.25]) == "random_search and the baseline are equal in all 2 seeds.")
    #expect(try sentence([0.5], [0.5]) == "random_search and the baseline are equal with the one seed.")
    #expect(
      try sentence([nil, 0.5], [0.5, nil])
        == "random_search and the baseline have no seed for which both have a value.")
  }

  @Test func `Values that differ in their last digits are equal`() throws {
    let pairs = try #require(try plan(seeds: 2).comparison([[0.1 + 0.2, 1e-30], [0.3, 2e-30]]).rows[1].pairs)
    #expect(pairs.ties == 1)
    #expect(pairs.wins == 1)
  }

  @Test func `Nothing that a reader has to know is left out`() throws {
    let notes = try plan(["random_search", "no_explore"], seeds: 2).comparison(
      [[0.5, 0.6], [0.4, nil], [0.4, 0.5]], failure: "hung"
    ).notes
    #expect(notes.count == 4)
    #expect(notes[0].contains("budgets are not equal"))
    #expect(notes[0].contains("400 steps together"))
    #expect(notes[0].contains("random_search with seed 6 250"))
    #expect(notes[1] == "random_search with seed 6 failed and is in no number: hung.")
    #expect(notes[2].contains("winner's curse"))
    #expect(notes[3].contains("not corrected"))

    let reported = try plan(report: ReportedMetric(name: "test_accuracy", mode: .max))
    let others = reported.comparison([[0.5], [0.4]]).notes
    #expect(others.count == 2)
    #expect(others[0] == "Equal budgets: the 4 members of every run trained 400 steps together.")
    #expect(others[1].contains("test_accuracy itself selected nothing"))
  }

  @Test func `Numbers have as many decimals as the least deviation needs`() {
    #expect(Digits(largest: 0.95, least: 0.0042).text(0.94321) == "0.9432")
    #expect(Digits(largest: 812, least: 3.3).text(812.345) == "812.3")
    #expect(Digits(largest: 81_234, least: 330).text(81_234.5) == "81234")
    #expect(Digits(largest: 1, least: 0).text(1 / 3) == "0.3333")
    #expect(Digits(largest: 1e-9, least: 1e-12).text(1.23456e-9) == "1.235e-09")
    #expect(Digits(largest: 1e12, least: 1).text(1.23456e12) == "1.235e+12")
    let digits = Digits(largest: 1, least: 0.1)
    #expect(["+0.10", "-0.10", "+0.00", "+0.00"] == [0.1, -0.1, 0, -0.001].map(digits.signed))
  }
}
