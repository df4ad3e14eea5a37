import Neighbours
import Testing

@Suite struct ScoreTensorTests {
  /// The errors after these numbers of samples, medians over teachers.
  func errors(samples: [Int], teachers: Range<UInt64>) -> [(inputs: Double, outputs: Double, excess: Double)] {
    let all = teachers.map { seed in
      let task = TeacherTask(seed: seed)
      var learner = MomentLearner(shape: task.teacher.shape)
      var random = NamedStream(seed: seed, "samples")
      return samples.map { count in
        while learner.moments.count < Double(count) - 1500 { learner.learn(task.block(&random), of: task, .init()) }
        return task.errors(of: learner.network(.init(), seed: seed))
      }
    }
    return samples.indices.map { place in
      let these = all.map { $0[place] }
      return (
        median(these.map(\.inputWeights)) ?? 0, median(these.map(\.outputWeights)) ?? 0,
        median(these.map(\.excess)) ?? 0
      )
    }
  }

  @Test func errorsFallAsOneOverTheRootOfTheSamples() {
    let found = errors(samples: [3000, 12_000, 48_000, 192_000], teachers: 0..<5)
    // From 3,000 to 192,000 samples the root grows eightfold.
    #expect(found[0].inputs / found[3].inputs > 4 && found[0].inputs / found[3].inputs < 20)
    #expect(found[1].inputs < found[0].inputs && found[2].inputs < found[1].inputs)
    #expect(found[3].outputs < found[0].outputs / 4)
    #expect(found[3].excess < 5e-4)
  }

  @Test func scoreFunctionsHaveMeanZero() {
    let process = InputProcess()
    var random = NamedStream(seed: 0, "inputs")
    let inputs = process.sequence(length: 60_000, inputs: 2, random: &random)
    // With a constant output the centred moments vanish; with y = x_0 the second moment does, an odd function.
    var moments = ScoreMoments(inputs: 2, outputs: 2)
    let targets = (0..<60_000).flatMap { (time: Int) -> [Double] in
      let x = inputs[time * 2]
      return [x, x * x]
    }
    moments.add(inputs: inputs, targets: targets, process: process, clip: .infinity, forgetting: 0)
    // E[x_0 ⊗ S2] = 0 and E[x_0² ⊗ S2] is 2 at (0, 0) and 0 elsewhere.
    let wanted = [0.0, 0, 0, 0, 2, 0, 0, 0]
    #expect(zip(moments.secondMoment, wanted).allSatisfy { abs($0 - $1) < 0.08 })
  }

  @Test func theDecompositionFindsTheTermsOfAnExactTensor() {
    var random = NamedStream(seed: 5, "terms")
    let (a, b) = ((0..<12).map { _ in random.normal() }, (0..<20).map { _ in random.normal() })
    var tensor = [Double](repeating: 0, count: 3 * 25)
    for (i, k) in (0..<12).map({ ($0 / 3, $0 % 3) }) {
      for (p, q) in (0..<25).map({ ($0 / 5, $0 % 5) }) {
        tensor[(k * 5 + p) * 5 + q] += a[i * 3 + k] * b[i * 5 + p] * b[i * 5 + q]
      }
    }
    let found = AlternatingLeastSquares(rank: 4, starts: 10, rounds: 200).decompose(
      tensor, sides: (3, 5), random: &random)
    #expect(found.residual < 1e-6)
  }

  @Test func theBidirectionalNetworkTellsItsDirectionsApart() {
    let task = BidirectionalTask(seed: 1)
    let found = task.estimate(blocks: 60)
    #expect(found.worstRowError < 0.06)
    #expect(found.hasRightDirections)
  }

  @Test func withoutSamplesTheEstimateIsZeroAndWithNaNItIsNaN() {
    let task = TeacherTask(seed: 2)
    var learner = MomentLearner(shape: task.teacher.shape)
    let nothing = task.errors(of: learner.network(.init(), seed: 0))
    #expect(nothing.inputWeights == 1 && abs(nothing.outputWeights - 1) < 1e-9)
    var random = NamedStream(seed: 2, "samples")
    var block = task.block(&random, length: 300)
    for length in 0...5 {
      learner.learn(task.block(&random, length: length), of: task, .init())
      #expect(learner.moments.count == (length == 5 ? 1 : 0))
    }
    block.targets[600] = .nan
    learner.learn(block, of: task, .init())
    let damaged = task.errors(of: learner.network(.init(), seed: 0))
    #expect(damaged.inputWeights.isNaN && damaged.score.isNaN)
  }

  @Test func aLearnerIsItsSums() {
    let task = TeacherTask(seed: 2)
    func learned() -> MomentLearner {
      var learner = MomentLearner(shape: task.teacher.shape)
      var random = NamedStream(seed: 2, "samples")
      learner.learn(task.block(&random), of: task, .init(clip: 3, forgetting: 0.1))
      return learner
    }
    #expect(learned() == learned())
    #expect(learned().network(.init(), seed: 1) == learned().network(.init(), seed: 1))
  }
}
