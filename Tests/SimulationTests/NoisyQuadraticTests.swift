import Foundation
import Testing

@testable import PoptrainSimulation

/// A line of `Tests/References/noisy_quadratic.txt`, which numpy and scipy made.
struct ReferenceProblem: CustomStringConvertible, Sendable {
  let fields: [[Double]]
  let problem: NoisyQuadratic

  var description: String { "\(problem.curvatures.count) directions, \(problem.steps) steps" }

  static func all() throws -> [ReferenceProblem] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "References/noisy_quadratic.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: ";").map { $0.split(separator: " ").compactMap { Double($0) } }
      return ReferenceProblem(
        fields: fields,
        problem: NoisyQuadratic(
          curvatures: fields[0], noise: fields[1], spread: fields[2], steps: Int(fields[3][0]),
          rates: fields[4][0]...fields[4][1]))
    }
  }
}

@Suite struct NoisyQuadraticTests {
  private func isClose(_ number: Double, _ expected: Double, _ tolerance: Double = 1e-10) -> Bool {
    abs(number - expected) <= tolerance * abs(expected)
  }

  @Test(arguments: try ReferenceProblem.all())
  func `Losses and schedules are those that numpy and scipy find`(_ reference: ReferenceProblem) {
    let (problem, fields) = (reference.problem, reference.fields)
    #expect(isClose(problem.expectedLoss(after: fields[5]), fields[6][0]))
    #expect(zip(problem.greedySchedule, fields[7]).allSatisfy { isClose($0, $1) })
    #expect(isClose(problem.expectedLoss(after: problem.optimalSchedule), fields[8][0]))
    #expect(isClose(problem.bestConstant, fields[9][0], 1e-6))
    #expect(isClose(problem.expectedLoss(ofConstant: problem.bestConstant), fields[10][0]))
  }

  @Test(arguments: try ReferenceProblem.all().map(\.problem))
  func `No rate of the best schedule can be bettered alone`(_ problem: NoisyQuadratic) {
    let best = problem.optimalSchedule
    #expect(best.count == problem.steps && best.allSatisfy(problem.rates.contains))
    let loss = problem.expectedLoss(after: best)
    for step in stride(from: 0, to: problem.steps, by: 7) {
      for factor in [0.999, 1.001, 0.8, 1.25] {
        var changed = best
        changed[step] = min(max(best[step] * factor, problem.rates.lowerBound), problem.rates.upperBound)
        #expect(problem.expectedLoss(after: changed) >= loss * (1 - 1e-14))
      }
    }
  }

  @Test func `Where all directions are alike, greed is best, and the loss has a closed form`() {
    let problem = NoisyQuadratic(
      curvatures: [0.5, 0.5], noise: [0.2, 0.2], spread: [3, 3], steps: 70, rates: 1e-4...3)
    // The inverse of the variance grows by curvature² / noise with each step.
    let variance = 1 / (1 / 3.0 + 70 * 0.5 * 0.5 / 0.2)
    #expect(isClose(problem.expectedLoss(after: problem.greedySchedule), 0.5 * variance))
    #expect(isClose(problem.expectedLoss(after: problem.optimalSchedule), 0.5 * variance))
  }

  @Test func `Greed is a trap in the valley, and none in the bowl`() {
    let bowl = StudyTask("bowl", .bowl(directions: 6, steps: 100))
    #expect(isClose(bowl.ratio(of: bowl.problem.greedySchedule), 1))
    let valley = StudyTask("valley", .valley(directions: 6, steps: 100))
    #expect(valley.constantRatio > 2)
    #expect(valley.ratio(of: valley.problem.greedySchedule) > 1.1 * valley.constantRatio)
  }
}
