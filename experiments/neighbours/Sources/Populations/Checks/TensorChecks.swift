import Foundation
import Neighbours

/// The errors at four numbers of samples, medians over six teachers; and the errors of the bidirectional network.
func tensorChecks() -> [Check] {
  let sizes = [3000, 9000, 99_000, 999_000]
  let errors = (UInt64(0)..<6).map { seed in
    let task = TeacherTask(seed: seed)
    var learner = MomentLearner(shape: task.teacher.shape)
    var random = NamedStream(seed: seed, "samples of the checks")
    return sizes.map { size in
      while learner.moments.count < Double(size) - 1500 { learner.learn(task.block(&random), of: task, .init()) }
      return task.errors(of: learner.network(.init(), seed: seed))
    }
  }
  func medians(_ part: (TeacherTask.Errors) -> Double) -> [Double] {
    sizes.indices.map { size in median(errors.map { part($0[size]) }) ?? .nan }
  }
  let (a1, a2, u) = (medians(\.inputWeights), medians(\.outputWeights), medians(\.recurrentWeights))
  func slope(_ values: [Double]) -> Double {
    log(values[3] / values[0]) / log(Double(sizes[3]) / Double(sizes[0]))
  }
  let excess = medians(\.excess)
  let variances = (UInt64(0)..<6).map { TeacherTask(seed: $0).signalVariance }
  var found = [
    Check(
      "tensors", "exponent of the worst error of a row of A1 in the number of samples", slope(a1), in: -0.65 ... -0.4),
    Check("tensors", "exponent of the error of A2", slope(a2), in: -0.65 ... -0.4),
    Check(
      "tensors", "worst error of a row of A1 at 3, 9, 99 and 999 thousand samples",
      wanted: "about .135, .056, .022, .007",
      a1, zip(a1, [0.135, 0.056, 0.022, 0.007]).allSatisfy { $0 < 2 * $1 && $0 > $1 / 3 }),
    Check(
      "tensors", "error of U at the same", wanted: "about .88, .43, .15, .05", u,
      zip(u, [0.88, 0.43, 0.15, 0.05]).allSatisfy { $0 < 2 * $1 && $0 > $1 / 3 }),
    Check("tensors", "variance of the outputs: the error of a constant", median(variances) ?? .nan, in: 0.08...0.18),
    Check("tensors", "excess error of predictions at 99 thousand", excess[2], in: 2e-5...6e-4),
  ]
  let both = (UInt64(1)...3).map { BidirectionalTask(seed: $0).estimate(blocks: 224) }
  found.append(
    Check(
      "tensors", "bidirectional: worst row of A1 and B1 at 672 thousand, three teachers", wanted: "each below 0.05",
      both.map(\.worstRowError), both.allSatisfy { $0.worstRowError < 0.05 }))
  let own = both.map { result in result.sizes.map(\.own).min() ?? 0 }
  let other = both.map { result in result.sizes.map(\.other).max() ?? 1 }
  found.append(
    Check(
      "tensors", "bidirectional: least moment on the own side, largest on the other", wanted: "own above other in each",
      own + other, both.allSatisfy(\.hasRightDirections)))
  return found
}
