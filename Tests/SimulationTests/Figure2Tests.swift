import PopulationBasedTraining
import Testing

@testable import PoptrainSimulation

/// The facts of Jaderberg et al. 2017, figure 2, for a number of seeds.
@Suite struct Figure2Tests {
  /// The best score at the end, by seed, and how often anything was copied.
  private func results(_ rules: Rules, seeds: UInt64) async throws -> (scores: [Double], copies: Int) {
    var scores: [Double] = []
    var copies = 0
    for seed in 0..<seeds {
      let paths = try await Figure2.paths(rules, seed: seed)
      #expect(paths.count == 2 && paths.allSatisfy { $0.count == 50 && $0.last?.steps == 200 })
      scores.append(paths.compactMap { $0.last?.end.score }.max() ?? .nan)
      copies += paths.joined().count(where: \.isCopied)
    }
    return (scores, copies)
  }

  private func results(_ panel: String, seeds: UInt64) async throws -> (scores: [Double], copies: Int) {
    try await results(#require(Figure2.panels.first { $0.name == panel }).rules, seeds: seeds)
  }

  @Test func `The four panels are in the paper's order`() async throws {
    let pbt = try await results("PBT", seeds: 10).scores
    let explore = try await results("explore only", seeds: 10).scores
    let exploit = try await results("exploit only", seeds: 2).scores
    let grid = try await results("grid search", seeds: 2)
    #expect(grid.scores.allSatisfy { $0 < 0.40 } && grid.copies == 0)
    #expect(pbt.allSatisfy { $0 > 1.175 && $0 <= 1.2 }, "\(pbt)")
    #expect(exploit.allSatisfy { abs($0 - 1.1715) < 0.0001 })
    #expect(zip(pbt, explore).allSatisfy { $0 > $1 } && explore.allSatisfy { $0 < 1.199 })
    #expect(explore.reduce(0, +) < 1.16 * Double(explore.count))
  }

  @Test func `A copy goes on from where the other was`() async throws {
    let paths = try await Figure2.paths(Figure2.panels[0].rules, seed: 0)
    for (member, path) in paths.enumerated() {
      for (index, stretch) in path.enumerated().dropFirst() {
        let donor = stretch.isCopied ? 1 - member : member
        #expect(stretch.start == paths[donor][index - 1].end)
      }
    }
  }

  @Test func `Each panel starts at the paper's point`() async throws {
    for panel in Figure2.panels {
      let paths = try await Figure2.paths(panel.rules, seed: 0)
      let first = paths.map { $0[0] }
      let moved = 0.9 * power(0.98, 4)
      #expect(first.allSatisfy { $0.start.theta == [0.9, 0.9] && abs($0.start.score + 0.42) < 1e-15 })
      #expect(zip(first[0].end.theta, [moved, 0.9]).allSatisfy { abs($0 - $1) < 1e-15 })
      #expect(first[1].end.theta == [first[0].end.theta[1], first[0].end.theta[0]])
      #expect(first[0].end.score == first[1].end.score)
    }
  }

  /// By symmetry both members have exactly the same score for ever, so one that copies only what is strictly better never
  /// copies.
  @Test func `Whoever does not break ties never leaves the grid`() async throws {
    for panel in Figure2.panels where panel.rules.exploit.name == "truncation" {
      var strict = panel.rules
      strict.improvementGap = Rules.ImprovementGap(absolute: .leastNonzeroMagnitude)
      let results = try await results(strict, seeds: 2)
      #expect(results.copies == 0)
      #expect(results.scores.allSatisfy { $0 < 0.40 })
      #expect(try await self.results(panel.rules, seeds: 2).copies > 60)
    }
  }

  @Test func `Copying both without exploring gains nothing`() async throws {
    let results = try await results(Figure2.rules("truncation", explore: "none"), seeds: 2)
    #expect(results.scores.allSatisfy { $0 < 0.40 })
  }

  /// Multiplication alone leaves a zero where it is. `perturb` moves by a part of the range at least.
  @Test func `Zero is no trap for perturb`() async throws {
    let results = try await results(Figure2.rules("truncation", explore: "perturb"), seeds: 2)
    #expect(results.scores.allSatisfy { $0 > 1 })
  }
}
