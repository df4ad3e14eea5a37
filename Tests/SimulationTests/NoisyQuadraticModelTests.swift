import PopulationBasedTraining
import Testing
import PoptrainTrainers

@testable import Poptrain
@testable import PoptrainSimulation

@Suite struct NoisyQuadraticModelTests {
  private static let problem = NoisyQuadratic(
    curvatures: [1, 0.3], noise: [0.5, 0.1], spread: [2, 1], steps: 20, rates: 1e-3...1)

  /// The losses of many models after two intervals under one rate.
  private func losses(scoreNoise: Double, rate: Double) throws -> [(measured: Double, true: Double)] {
    try (0..<500).map { seed in
      func interval(_ steps: Range<Int>) -> TrainingInterval {
        TrainingInterval(
          Assignment(
            id: "", member: 0, number: 1, kind: .train, ages: steps, totalSteps: 20,
            memberSteps: steps.lowerBound, donor: nil, seed: UInt64(seed * 20 + steps.lowerBound),
            hyperparameters: ["learning_rate": .number(rate)], checkpoint: nil, parent: nil, saveTo: ""))
      }
      var model = NoisyQuadraticModel(Self.problem, scoreNoise: scoreNoise, interval(0..<10))
      model.train(interval(0..<10))
      model.train(interval(10..<20))
      return (try #require(model.evaluate(interval(10..<20))["loss"]), Self.problem.loss(model.parameters))
    }
  }

  @Test(arguments: [0.05, 0.4, 1])
  func `Its loss is on average what the recursion says`(_ rate: Double) throws {
    let losses = try losses(scoreNoise: 0, rate: rate)
    #expect(losses.allSatisfy { $0.measured == $0.true })
    let sample = try #require(Sample(losses.map(\.true)))
    let limits = try #require(sample.meanInterval(confidence: 0.9999))
    #expect(limits.contains(Self.problem.expectedLoss(ofConstant: rate)))
    // Far narrower than what is to be told apart.
    #expect(limits.upperBound - limits.lowerBound < 0.6 * sample.mean)
  }

  @Test func `A noisy score is off by as much as was said`() throws {
    let losses = try losses(scoreNoise: 0.3, rate: 0.4)
    let errors = try #require(Sample(losses.map { logarithm($0.measured / $0.true) }))
    #expect(abs(errors.mean) < 0.06)
    #expect(abs(try #require(errors.standardDeviation) - 0.3) < 0.04)
  }

  @Test func `It logs its loss on the way`() async throws {
    let rules = Rules(
      populationSize: 2, steps: 20, interval: 10, metric: "loss", mode: .min,
      space: Space([Hyperparameter("learning_rate", .logUniform(0.05, 0.2))]))
    let trained = try await trainPopulation(rules: rules) { NoisyQuadraticModel(Self.problem, $0) }
    for case .interval(let interval) in trained.history {
      #expect(interval.evaluations.map { $0.age - interval.startAge } == [2, 4, 6, 8])
      #expect(interval.evaluations.allSatisfy { $0.metrics["loss"] ?? 0 > 0 })
    }
  }

  @Test func `Powers are products`() {
    for exponent in 0...40 {
      let product = (0..<exponent).reduce(1.0) { result, _ in result * -0.9 }
      #expect(abs(power(-0.9, exponent) - product) < 1e-15)
    }
  }
}
