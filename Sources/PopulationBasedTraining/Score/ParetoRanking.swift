/// Members ranked by several objectives at once, of which none outweighs another.
///
/// Dushatskiy et al. 2023 (MO-PBT): the first front is what nobody dominates, the second what nobody dominates when the
/// first is taken away, and so on. Inside a front the members that are farthest from all that rank before them come
/// first, so that the best spread over the front. It begins with the best score.
///
/// Fewer violated requirements go before everything else. Of equal distances the higher score comes first, then the
/// stored tie number; with one objective the order is thus that of the score. Distances are measured in the range of
/// each objective over the members with the same violation, which the paper, whose objectives are fractions, does not
/// need; an infinite value lies one range outside.
///
/// O(m n²) for n members and m objectives: a sequential non-dominated sort (Zhang et al. 2015), then each member in
/// turn takes its distance to those that are left.
struct ParetoRanking: Sendable {
  /// The members, the best first.
  let order: [Ranking.Entry]

  init(_ entries: [Ranking.Entry]) {
    let groups = Dictionary(grouping: entries, by: \.violation).sorted { $0.key < $1.key }
    order = groups.flatMap { spread(fronts(of: $0.value)) }
  }
}

extension Ranking.Entry {
  /// Whether it is not worse in anything and better in something. Violated requirements count before all objectives.
  func dominates(_ other: Self) -> Bool {
    if violation != other.violation { return violation < other.violation }
    guard score >= other.score else { return false }
    var isBetter = score > other.score
    for (mine, theirs) in zip(objectives, other.objectives) {
      guard mine >= theirs else { return false }
      if mine > theirs { isBetter = true }
    }
    return isBetter
  }

  /// Score and further objectives.
  fileprivate var vector: [Double] { [score] + objectives }
}

/// The fronts, the best first.
private func fronts(of entries: [Ranking.Entry]) -> [[Ranking.Entry]] {
  var fronts: [[Ranking.Entry]] = []
  // Nobody is dominated by one that is later in this order.
  for entry in entries.sorted(by: { $1.vector.lexicographicallyPrecedes($0.vector) }) {
    if let front = fronts.firstIndex(where: { front in !front.contains { $0.dominates(entry) } }) {
      fronts[front].append(entry)
    } else {
      fronts.append([entry])
    }
  }
  return fronts
}

/// All members front by front, in each of them the farthest from those before first.
private func spread(_ fronts: [[Ranking.Entry]]) -> [Ranking.Entry] {
  let vectors = fronts.joined().map(\.vector)
  let count = vectors.map(\.count).min() ?? 0
  let scales = (0..<count).map { objective in Scale(vectors.map { $0[objective] }) }
  var waiting = fronts.map { $0.map { Candidate($0, scales) } }
  var order: [Ranking.Entry] = []
  for front in waiting.indices {
    while let position = waiting[front].indices.max(by: { waiting[front][$0] < waiting[front][$1] }) {
      let next = waiting[front].remove(at: position)
      order.append(next.entry)
      for front in front..<waiting.count {
        for position in waiting[front].indices { waiting[front][position].approach(next) }
      }
    }
  }
  return order
}

/// A member that is not yet ranked.
private struct Candidate {
  let entry: Ranking.Entry
  /// Its objectives, each as a fraction of its range.
  let point: [Double]
  /// The squared distance to the nearest of those ranked before.
  var distance = Double.infinity

  init(_ entry: Ranking.Entry, _ scales: [Scale]) {
    self.entry = entry
    point = zip(entry.vector, scales).map { $1.fraction($0) }
  }

  mutating func approach(_ ranked: Candidate) {
    var sum = 0.0
    for (mine, theirs) in zip(point, ranked.point) { sum += (mine - theirs) * (mine - theirs) }
    distance = min(distance, sum)
  }

  static func < (left: Candidate, right: Candidate) -> Bool {
    if left.distance != right.distance { return left.distance < right.distance }
    return right.entry < left.entry
  }
}

/// The range of one objective.
private struct Scale {
  let low: Double
  /// Half of its width, which cannot overflow.
  let half: Double

  init(_ values: [Double]) {
    let finite = values.filter(\.isFinite)
    low = finite.min() ?? 0
    half = (finite.max() ?? 0) / 2 - low / 2
  }

  func fraction(_ value: Double) -> Double {
    guard value.isFinite else { return value < 0 ? -1 : 2 }
    return half > 0 ? (value / 2 - low / 2) / half : 0
  }
}
