import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// Members ranked by several objectives at once.
@Suite struct ParetoRankingTests {
  /// Members with few different values, so that many are equal in something, and with infinite values now and then.
  private func members(_ seed: Int, objectives: Int, violations: ClosedRange<Int> = 0...0) -> [Ranking.Entry] {
    var dice = SeededGenerator(seed: UInt64(seed))
    let values = dice.integer(0...6)
    return (0..<dice.integer(0...14)).map { id in
      .example(
        id, Double(dice.integer(0...values)),
        (0..<objectives).map { _ in
          dice.chance(0.1) ? dice.pick([-.infinity, .infinity]) : Double(dice.integer(0...values)) * 100
        },
        violation: Double(dice.integer(violations)), tie: UInt64(dice.integer(0...3)))
    }
  }

  private func order(_ entries: [Ranking.Entry]) -> [Member.ID] {
    ParetoRanking(entries).order.map(\.member)
  }

  @Test("The order is what the definition says, in any number of objectives", arguments: 0..<300)
  func definition(_ seed: Int) {
    let entries = members(seed, objectives: seed % 4, violations: 0...(seed % 3))
    #expect(order(entries) == BruteForce.order(entries))
  }

  @Test("In which order the members are given does not matter", arguments: 0..<100)
  func permutations(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let entries = members(seed, objectives: 2, violations: 0...1)
    #expect(order(entries.shuffled(using: &dice)) == order(entries))
  }

  @Test("One objective, or others that are the same for all, leave the order of the scores", arguments: 0..<100)
  func oneObjective(_ seed: Int) {
    let entries = members(seed, objectives: 0, violations: 0...2)
    #expect(order(entries) == entries.sorted().map(\.member))
    let constant = entries.map {
      Ranking.Entry.example($0.member, $0.score, [3, -.infinity], violation: $0.violation, tie: $0.tie)
    }
    #expect(order(constant) == entries.sorted().map(\.member))
  }

  @Test("Of two objectives that order alike each is enough", arguments: 0..<50)
  func agreeingObjectives(_ seed: Int) {
    let entries = members(seed, objectives: 0)
    let twice = entries.map { Ranking.Entry.example($0.member, $0.score, [$0.score * 7 - 2], tie: $0.tie) }
    #expect(order(twice) == order(entries))
  }

  @Test("The unit of an objective does not matter", arguments: 0..<50)
  func units(_ seed: Int) {
    let entries = members(seed, objectives: 2)
    let scaled = entries.map {
      Ranking.Entry.example($0.member, $0.score * 0x1p40, [$0.objectives[0], $0.objectives[1] * 0x1p-30], tie: $0.tie)
    }
    #expect(order(scaled) == order(entries))
  }

  @Test("Members that are equal in everything are ordered by their tie numbers")
  func allEqual() {
    let entries = (0..<6).map { Ranking.Entry.example($0, 1, [2, 3], tie: [4, 1, 5, 0, 3, 2][$0]) }
    #expect(order(entries) == [2, 0, 4, 5, 1, 3])
  }

  @Test("A front begins with the best score, goes on with the other end, then with the middle")
  func ends() {
    let line = (0...4).map { Ranking.Entry.example($0, Double($0), [Double(4 - $0)]) }
    let behind = Ranking.Entry.example(5, 1, [1])
    #expect(order(line + [behind]) == [4, 0, 2, 3, 1, 5])
  }

  @Test("What lacks an objective is not worse than all, but behind whoever has it and is as good")
  func missingObjective() {
    let entries = [
      Ranking.Entry.example(0, 3, [-.infinity]), .example(1, 2, [0.5]), .example(2, 3, [0.1]), .example(3, 1, [0.4]),
    ]
    #expect(order(entries) == [2, 1, 0, 3])
  }

  @Test("Values at the ends of what a number can be are ranked")
  func hugeValues() {
    let huge = Double.greatestFiniteMagnitude
    let entries = [
      Ranking.Entry.example(0, -huge, [huge]), .example(1, huge, [-huge]), .example(2, 0, [0]), .example(3, -1, [-1]),
    ]
    #expect(order(entries) == [1, 0, 2, 3])
    #expect(order(entries) == BruteForce.order(entries))
  }

  @Test("A violated requirement outweighs every objective")
  func violations() {
    let entries = [
      Ranking.Entry.example(0, 9, [9], violation: 1), .example(1, 1, [1]), .example(2, 8, [8], violation: 0.5),
      .example(3, 0, [0]),
    ]
    #expect(order(entries) == [1, 3, 2, 0])
  }

  @Test("Dominance is not reflexive, not mutual, and transitive", arguments: 0..<50)
  func dominance(_ seed: Int) {
    let entries = members(seed, objectives: 2, violations: 0...1)
    for a in entries {
      #expect(!a.dominates(a))
      for b in entries where a.dominates(b) {
        #expect(!b.dominates(a))
        for c in entries where b.dominates(c) { #expect(a.dominates(c)) }
      }
    }
  }
}

extension Ranking.Entry {
  /// A member with these values.
  static func example(
    _ member: Member.ID, _ score: Double, _ objectives: [Double] = [], violation: Double = 0, tie: UInt64 = 0
  ) -> Ranking.Entry {
    Ranking.Entry(
      member,
      Published(
        score: score, tie: tie, checkpoint: CheckpointID("\(member)-1-a"), hyperparameters: [:], age: 10, sequence: 1,
        violation: violation, objectives: objectives))
  }
}

/// The order as it is defined, without any thought of time.
enum BruteForce {
  static func order(_ entries: [Ranking.Entry]) -> [Member.ID] {
    var order: [Member.ID] = []
    for violation in Set(entries.map(\.violation)).sorted() {
      order += orderOfEquallyFeasible(entries.filter { $0.violation == violation }).map(\.member)
    }
    return order
  }

  /// Those that nobody dominates.
  static func front(_ entries: [Ranking.Entry]) -> Set<Member.ID> {
    Set(entries.filter { entry in entries.allSatisfy { !isDominated(entry, by: $0) } }.map(\.member))
  }

  private static func orderOfEquallyFeasible(_ entries: [Ranking.Entry]) -> [Ranking.Entry] {
    let ranges = (0..<((entries.first?.objectives.count ?? 0) + 1)).map { objective in
      entries.map { value($0, objective) }.filter(\.isFinite)
    }
    func place(_ entry: Ranking.Entry, _ objective: Int) -> Double {
      let number = value(entry, objective)
      if number == .infinity { return 2 }
      if number == -.infinity { return -1 }
      let (low, high) = (ranges[objective].min() ?? 0, ranges[objective].max() ?? 0)
      return high == low ? 0 : (number / 2 - low / 2) / (high / 2 - low / 2)
    }
    func distance(_ entry: Ranking.Entry, _ other: Ranking.Entry) -> Double {
      ranges.indices.reduce(0) { sum, objective in
        let difference = place(entry, objective) - place(other, objective)
        return sum + difference * difference
      }
    }
    var ranked: [Ranking.Entry] = []
    var rest = entries
    while !rest.isEmpty {
      let first = front(rest)
      var waiting = rest.filter { first.contains($0.member) }
      rest.removeAll { first.contains($0.member) }
      while !waiting.isEmpty {
        let keys = waiting.map { entry in
          (
            ranked.map { distance(entry, $0) }.min() ?? .infinity, entry.score, Double(entry.tie), Double(entry.member)
          )
        }
        if let next = waiting.indices.max(by: { keys[$0] < keys[$1] }) { ranked.append(waiting.remove(at: next)) }
      }
    }
    return ranked
  }

  private static func value(_ entry: Ranking.Entry, _ objective: Int) -> Double {
    objective == 0 ? entry.score : entry.objectives[objective - 1]
  }

  private static func isDominated(_ entry: Ranking.Entry, by other: Ranking.Entry) -> Bool {
    if other.violation != entry.violation { return other.violation < entry.violation }
    let pairs = (0...entry.objectives.count).map { (value(other, $0), value(entry, $0)) }
    return pairs.allSatisfy { $0.0 >= $0.1 } && pairs.contains { $0.0 > $0.1 }
  }
}
