internal import PoptrainCheckpoints
internal import PopulationBasedTraining

/// The same interval, trained several times: what else it is compared with must differ by more than these do.
struct Repeats: Sendable {
  /// At least one.
  var trials: [Trial]

  /// How two ways to train differ.
  enum Difference: Hashable, Sendable {
    /// In the score.
    case score(Double, insteadOf: Double)
    /// In another metric; the scores are equal.
    case metric(String, Double, insteadOf: Double)
    /// In a metric of one more interval under equal values; the scores were equal before.
    case later(String, Double, insteadOf: Double)
    /// Only in what was saved, or reported beside the score.
    case saved([String])
    /// In no metric; most of what was saved differs among the repetitions too, so it says nothing.
    case onlyMetricsCompared
    /// In nothing.
    case none
    /// In no more than the repetitions do.
    case withinNoise
  }

  /// Whether every repetition came to the same score, bit for bit.
  var isExact: Bool { trials.allSatisfy { same($0.metric, trials[0].metric) } }

  /// The greatest difference between two scores.
  var spread: Double {
    let scores = trials.map(\.metric)
    return (scores.max() ?? 0) - (scores.min() ?? 0)
  }

  /// Whether the scores are equal but for rounding.
  var isExactButRounding: Bool {
    trials.allSatisfy { $0.metric.isClose(to: trials[0].metric, within: 1e-9) }
  }

  /// How other values differ from these.
  ///
  /// A metric, or a file, of which the repetitions differ among themselves (a time, say) tells nothing and is left out.
  ///
  /// - Parameter echoes: metrics that only say which values were given.
  func difference(from others: [Trial], echoes: Set<String> = []) -> Difference {
    guard let other = others.first else { return .withinNoise }
    let score = trials[0].metric
    if isExact {
      if !same(other.metric, score) { return .score(other.metric, insteadOf: score) }
    } else if isDistinguishable(others.map(\.metric), from: trials.map(\.metric)) {
      return .score(mean(others.map(\.metric)), insteadOf: mean(trials.map(\.metric)))
    }
    for (name, value) in trials[0].metrics.sorted(by: { $0.key < $1.key }) where !echoes.contains(name) {
      let otherValue = other.metrics[name] ?? .nan
      if isSteady(name), !same(otherValue, value) { return .metric(name, otherValue, insteadOf: value) }
    }
    guard isExact else { return .withinNoise }
    let files = Set(trials[0].contents.files)
    let steady = Set(trials.map { Set($0.contents.files) }.reduce(files) { $0.intersection($1) }.map(\.path))
    let unsteady = Set(files.map(\.path)).subtracting(steady)
    let saved = files.symmetricDifference(other.contents.files).map(\.path)
    let differing = Set(saved).subtracting(unsteady)
    guard differing.isEmpty else { return .saved(differing.sorted()) }
    let unsteadyBytes = files.reduce(0) { $0 + (unsteady.contains($1.path) ? $1.bytes : 0) }
    return 2 * unsteadyBytes > trials[0].contents.bytes ? .onlyMetricsCompared : .none
  }
}

extension Repeats {
  /// Whether a metric is the same in every repetition.
  func isSteady(_ metric: String) -> Bool {
    trials.allSatisfy { same($0.metrics[metric] ?? .nan, trials[0].metrics[metric] ?? .nan) }
  }

  /// How far other values move a metric, on average.
  func shift(of others: [Trial], in metric: String) -> Double {
    abs(mean(others.map { $0.metrics[metric] ?? .nan }) - mean(trials.map { $0.metrics[metric] ?? .nan }))
  }
}

/// Whether two numbers are equal, where not-a-number equals itself.
func same(_ left: Double, _ right: Double) -> Bool {
  left == right || (left.isNaN && right.isNaN)
}

/// Whether noisy scores differ, by Student's t.
///
/// The question is asked after each new score, so a chance of one in a thousand is enough. A score that is not finite
/// where the others are is different too.
func isDistinguishable(_ scores: [Double], from reference: [Double]) -> Bool {
  guard (scores + reference).allSatisfy(\.isFinite) else {
    return reference.allSatisfy(\.isFinite) != scores.allSatisfy(\.isFinite)
  }
  let freedom = scores.count + reference.count - 2
  guard freedom > 0 else { return false }
  let deviations = [scores, reference].map { group in
    group.map { ($0 - mean(group)) * ($0 - mean(group)) }.reduce(0, +)
  }
  let variance = deviations.reduce(0, +) / Double(freedom)
  let error = (variance * (1 / Double(scores.count) + 1 / Double(reference.count))).squareRoot()
  // Quantiles of Student's t for 1 to 6 degrees of freedom, two-sided.
  let quantiles = [636.6, 31.60, 12.92, 8.610, 6.869, 5.959]
  return abs(mean(scores) - mean(reference)) > quantiles[min(freedom, quantiles.count) - 1] * error
}

private func mean(_ numbers: [Double]) -> Double {
  numbers.reduce(0, +) / Double(numbers.count)
}
