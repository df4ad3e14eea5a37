internal import PoptrainCheckpoints
internal import PopulationBasedTraining

/// Batches of members that are trained from models in memory, and the same from checkpoints.
struct Gathering {
  /// A member of a batch.
  struct Seat {
    var member: Member.ID
    /// What it starts from; none: fresh.
    var start: Trial?
    var values: Hyperparameters
    /// Another seed than that of the interval.
    var seed: UInt64?
  }

  /// The values of each member.
  let values: [Hyperparameters]
  /// By the batch, for each member where in the batch before its parent is.
  let parents: [[Int]]
  /// The first batch is from scratch; those that follow are from models in memory.
  var batches: [[Trial]]
  /// The same as those that follow, from checkpoints.
  var loaded: [[Trial]] = []
  /// By how much scores differ that come of the same, where they do; none where they are exact.
  var noise: Double?

  /// For each member of a batch, where in the batch before its parent is; the batches one after the other.
  static func parents(of size: Int) -> [[Int]] {
    let rotated = (0..<size).map { ($0 + 1) % size }
    let copied = (0..<size).map { size > 2 && $0 == size - 1 ? 0 : size - 1 }
    let fewer = (0..<(size + 1) / 2).map { size - 1 - 2 * $0 }
    return [rotated, copied, fewer.map { max($0, 0) }]
  }

  /// Where the models of members really come from that are overwritten, one after the other, by that of their parent.
  static func overwritten(_ parents: [Int]) -> [Int] {
    var places = Array(parents.indices)
    for (slot, parent) in parents.enumerated() { places[slot] = places[parent] }
    return places
  }

  /// The members of a batch, whose models come from the places of the batch before that are named.
  func seats(of number: Int, from places: [Int]? = nil) -> [Seat] {
    (places ?? parents[number]).enumerated().map { slot, place in
      Seat(member: slot, start: batches[number][place], values: values[slot])
    }
  }

  // MARK: What is equal

  /// How far the members are apart: not more than most of them are, whatever one that has diverged comes to.
  var scale: Double {
    let scores = loaded[0].map(\.metric).filter(\.isFinite)
    let distances = scores.indices.flatMap { i in scores[..<i].map { abs($0 - scores[i]) } }.sorted()
    return distances.isEmpty ? 0 : distances[(distances.count - 1) / 3]
  }

  /// By how much scores may differ that count as equal: what rounding does, or noise.
  var margin: Double { noise.map { 6 * $0 } ?? scale / 100 }

  /// Whether two scores are equal but for rounding or noise.
  func agree(_ left: Trial, _ right: Trial) -> Bool {
    same(left.metric, right.metric) || abs(left.metric - right.metric) <= margin
  }

  /// Whether the scores of two batches are equal, one by one.
  func agree(_ left: [Trial], _ right: [Trial]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { agree($0, $1) }
  }

  /// Whether an interval came to what one did, and not to what another did.
  func isLike(_ trial: Trial, _ one: Trial, not other: Trial) -> Bool {
    if same(one.metric, other.metric) {
      return trial.contents == one.contents && trial.contents != other.contents
    }
    if noise != nil { return agree(trial, one) && !agree(trial, other) }
    if same(trial.metric, one.metric) { return true }
    return trial.metric.isFinite && abs(trial.metric - one.metric) <= abs(trial.metric - other.metric) / 10
  }

  /// The metrics that come out the same, bit for bit, from memory and from a checkpoint.
  var steadyMetrics: [String] {
    let pairs = zip(batches.dropFirst().joined(), loaded.joined())
    return (loaded[0].first?.metrics.keys.sorted() ?? []).filter { name in
      pairs.allSatisfy { same($0.metrics[name] ?? .nan, $1.metrics[name] ?? .nan) }
    }
  }

  /// The files that come out the same, bit for bit, from memory and from a checkpoint.
  var steadyFiles: Set<String> {
    let pairs = zip(batches.dropFirst().joined(), loaded.joined())
    let all = loaded.joined().reduce(into: Set<String>()) { $0.formUnion($1.contents.files.map(\.path)) }
    return pairs.reduce(into: all) { steady, pair in
      steady.subtract(Set(pair.0.contents.files).symmetricDifference(pair.1.contents.files).map(\.path))
    }
  }
}
