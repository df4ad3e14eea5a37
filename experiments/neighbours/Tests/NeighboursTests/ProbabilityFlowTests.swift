import Foundation
import Neighbours
import Testing

@Suite struct ProbabilityFlowTests {
  func small(links: Bool, second: Int, first: Int = 3, deviation: Double = 1) -> BoltzmannMachine {
    var random = NamedStream(seed: 4, "small machine")
    var machine = BoltzmannMachine(
      shape: .init(visible: 4, first: first, second: second, hasLinks: links), pixelMeans: [0.2, 0.5, 0.6, 0.9],
      deviation: deviation, random: &random)
    machine.firstBias = Array([0.3, -0.2, 0.1].prefix(first))
    if second > 0 { machine.secondBias = [0.5, -0.4] }
    return machine
  }

  /// log p of an image by the sum over every state of every unit.
  func bruteForce(_ machine: BoltzmannMachine, _ image: [Float]) -> Double {
    func logWeight(_ x: [Float], _ h: [Float], _ g: [Float]) -> Double {
      var energy: Float = 0
      for i in x.indices { energy += machine.visibleBias[i] * x[i] }
      for j in h.indices {
        energy += machine.firstBias[j] * h[j]
        for i in x.indices { energy += h[j] * machine.first[j, i] * x[i] }
        for k in h.indices { energy += 0.5 * h[j] * machine.links[j, k] * h[k] }
      }
      for k in g.indices {
        energy += machine.secondBias[k] * g[k]
        for j in h.indices { energy += g[k] * machine.second[k, j] * h[j] }
      }
      return Double(energy)
    }
    func states(_ count: Int) -> [[Float]] { (0..<1 << count).map { s in (0..<count).map { Float(s >> $0 & 1) } } }
    let (shape, above) = (machine.shape, states(machine.shape.second))
    func logSum(_ logs: [Double]) -> Double {
      let peak = logs.max() ?? 0
      return peak + log(logs.reduce(0) { $0 + exp($1 - peak) })
    }
    func logMarginal(_ x: [Float]) -> Double {
      logSum(states(shape.first).flatMap { h in above.map { logWeight(x, h, $0) } })
    }
    return logMarginal(image) - logSum(states(shape.visible).map(logMarginal))
  }

  @Test(arguments: [(true, 2), (false, 0), (false, 2)])
  func theLikelihoodIsThatOfEnumeratingEverything(links: Bool, second: Int) {
    let machine = small(links: links, second: second)
    let image: [Float] = [1, 0, 1, 1]
    let found = ExactLikelihood(machine).mean(Matrix(rows: 1, columns: 4) { image[$1] })
    #expect(abs(found - bruteForce(machine, image)) < 1e-4)
  }

  /// Weights of some hundred make fields whose exponentials no product of them can hold.
  @Test(arguments: [(true, 2, 3), (false, 0, 3), (true, 0, 1)])
  func theLikelihoodOfLargeWeightsIsExactToo(links: Bool, second: Int, first: Int) {
    let machine = small(links: links, second: second, first: first, deviation: 150)
    for image: [Float] in [[1, 0, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]] {
      let found = ExactLikelihood(machine).mean(Matrix(rows: 1, columns: 4) { image[$1] })
      let wanted = bruteForce(machine, image)
      #expect(abs(found - wanted) < 1e-3 * max(1, abs(wanted)), "\(image)")
    }
  }

  @Test func anEmptyBatchChangesNothing() {
    let task = BinaryImages.barsAndStripes()
    let shape = BoltzmannMachine.Shape(visible: 16, first: 3, second: 2)
    var learner = FlowLearner(task: task, shape: shape, seed: 0)
    learner.train(updates: 3, on: task.train, batch: 7, .init(), seed: 0)
    var flow = learner.flow
    var random = NamedStream(seed: 0, "none")
    flow.step(flow.completed(task.train.gathered([]), .init(), random: &random), .init())
    #expect(flow == learner.flow)
    let before = learner
    learner.train(updates: 3, on: task.train.gathered([]), .init(), seed: 0)
    #expect(learner == before)
    // A batch larger than the images is all of them.
    learner.train(updates: 3, on: task.train, batch: 1000, .init(), seed: 0)
    #expect(learner != before && ExactLikelihood(learner.flow.machine).mean(task.train).isFinite)
  }

  @Test func theGradientIsThatOfTheObjective() {
    // With decay 0 the first step of Adam moves each weight by the rate against the sign of its gradient.
    let machine = small(links: true, second: 2)
    var flow = ProbabilityFlow(machine)
    var random = NamedStream(seed: 1, "states")
    let settings = ProbabilityFlow.Settings(rate: 1e-3, decay: 0)
    let images = Matrix(rows: 5, columns: 4) { _, _ in random.unit() < 0.5 ? 1 : 0 }
    let states = flow.completed(images, settings, random: &random)
    let before = flow.objective(states, temperature: 1)
    flow.step(states, settings)
    #expect(flow.objective(states, temperature: 1) < before)
    for (row, column) in [(0, 1), (2, 3)] {
      var moved = machine
      moved.first[row, column] += 1e-2
      let slope = ProbabilityFlow(moved).objective(states, temperature: 1) - before
      if abs(slope) > 1e-5 {
        #expect((flow.machine.first[row, column] < machine.first[row, column]) == (slope > 0))
      }
    }
  }

  @Test func objectiveAndLikelihoodRiseTogetherOnDigits() throws {
    let task = BinaryImages(try Digits())
    var learner = FlowLearner(task: task, seed: 0)
    var (objectives, likelihoods): ([Double], [Double]) = ([], [])
    for round in 0..<3 {
      objectives.append(learner.objective(task.train, .init(), seed: 0))
      likelihoods.append(ExactLikelihood(learner.flow.machine).mean(task.validation))
      learner.train(updates: 150, on: task.train, .init(), seed: UInt64(round))
    }
    #expect(objectives[0] > objectives[1] && objectives[1] > objectives[2])
    #expect(likelihoods[0] < likelihoods[1] && likelihoods[1] < likelihoods[2])
    #expect(BinaryImages.reconstruction(of: task.validation, by: learner.flow.machine) > 0.75)
    #expect(BinaryImages.reconstruction(of: task.test, by: learner.flow.machine) > 0.75)
  }

  @Test func onBarsAndStripesTheLikelihoodFallsAsDocumented() {
    let task = BinaryImages.barsAndStripes()
    #expect(task.train.rows == 30)
    var learner = FlowLearner(
      task: task, shape: .init(visible: 16, first: 12, second: 0, hasLinks: false), seed: 0)
    let before = (
      learner.objective(task.train, .init(), seed: 0), ExactLikelihood(learner.flow.machine).mean(task.train)
    )
    learner.train(updates: 2000, on: task.train, batch: 30, .init(rate: 0.03, decay: 0), seed: 1)
    let after = (
      learner.objective(task.train, .init(), seed: 0), ExactLikelihood(learner.flow.machine).mean(task.train)
    )
    #expect(after.0 < before.0)
    #expect(after.1 < before.1)
  }
}
