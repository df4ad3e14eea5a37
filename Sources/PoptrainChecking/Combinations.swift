internal import PopulationBasedTraining

/// Values of other hyperparameters under which one may matter that does not under the usual ones.
///
/// Each combination changes as many as it can, so that after a few of them every two values have met: a pairwise covering
/// design, made greedily. Choices come first; where they have few combinations, all are tried. Whole numbers follow.
struct Combinations {
  /// One of the hyperparameters, with the values to try.
  struct Factor {
    let name: String
    /// The usual one first.
    let values: [Value]
    /// Whether it is a choice or the like: these decide most often whether another matters.
    let isChoice: Bool
  }

  /// The position of a value for each factor.
  private typealias Row = [Int]

  /// Two values of two factors, which are to meet. Of a single factor: a value with itself.
  private struct Pair {
    let factors: (Int, Int)
    let values: (Int, Int)

    func isMet(in row: Row) -> Bool { row[factors.0] == values.0 && row[factors.1] == values.1 }
  }

  private let factors: [Factor]
  private let choices: Int
  private let isAllowed: (Hyperparameters) -> Bool
  /// What has not met yet; choices first.
  private var open: [Pair] = []
  /// All combinations of the choices, where these are few; the last is the next.
  private var all: [Row] = []
  private var tried: Set<Row>
  private var last: Row = []
  /// How many pairs of values could be trained in no combination.
  private var untrained = 0

  /// Of how many combinations of choices all are tried.
  private static let few = 16

  /// Takes the factors.
  ///
  /// - Parameter isAllowed: whether values, given as changes of the usual ones, may stand together.
  init(_ factors: [Factor], isAllowed: @escaping (Hyperparameters) -> Bool) {
    let choices = factors.filter(\.isChoice)
    self.factors = choices + factors.filter { !$0.isChoice }
    self.choices = choices.count
    self.isAllowed = isAllowed
    tried = [Row(repeating: 0, count: factors.count)]
    open = pairs(upTo: self.choices)
    if self.choices < factors.count { open += pairs(upTo: factors.count).filter { isAboutNumbers($0) } }
    let count = choices.reduce(1) { min($0 * $1.values.count, Combinations.few + 1) }
    if count <= Combinations.few { all = products().reversed() }
  }

  /// The hyperparameters whose values are combined.
  var names: [String] { factors.map(\.name) }

  /// Whether every two values that may meet have met.
  var isComplete: Bool { open.isEmpty && untrained == 0 }

  /// The next combination, as changes of the usual values; none where there is none left.
  mutating func next() -> Hyperparameters? {
    while let pair = open.first {
      let alone = row(of: pair)
      let rows = [filled(alone, around: pair), alone].filter { isAllowed(changes($0)) }
      if let row = rows.first(where: { !tried.contains($0) }) { return take(row) }
      open.removeFirst()
      if !rows.isEmpty { untrained += 1 }
    }
    while let row = all.popLast() {
      if !tried.contains(row), isAllowed(changes(row)) { return take(row) }
    }
    return nil
  }

  /// Takes note that what ``next()`` gave last has been trained. What has not is tried otherwise.
  mutating func lastWasTrained() {
    open.removeAll { $0.isMet(in: last) }
  }

  private mutating func take(_ row: Row) -> Hyperparameters {
    tried.insert(row)
    last = row
    return changes(row)
  }

  private func changes(_ row: Row) -> Hyperparameters {
    var changes = Hyperparameters()
    for (factor, value) in zip(factors, row) where value > 0 { changes[factor.name] = factor.values[value] }
    return changes
  }

  private func row(of pair: Pair) -> Row {
    var row = Row(repeating: 0, count: factors.count)
    row[pair.factors.0] = pair.values.0
    row[pair.factors.1] = pair.values.1
    return row
  }

  /// Changes further values, each such that it meets as many as it can of those that it has not met.
  private func filled(_ row: Row, around pair: Pair) -> Row {
    var row = row
    var settled: Set = [pair.factors.0, pair.factors.1]
    let count = isAboutNumbers(pair) ? factors.count : choices
    for factor in 0..<count where !settled.contains(factor) {
      var meetings = [Int](repeating: 0, count: factors[factor].values.count)
      for pair in open {
        let (left, right) = pair.factors
        if left == factor, settled.contains(right), row[right] == pair.values.1 { meetings[pair.values.0] += 1 }
        if right == factor, settled.contains(left), row[left] == pair.values.0 { meetings[pair.values.1] += 1 }
      }
      for value in meetings.indices.sorted(by: { (meetings[$1], $0) < (meetings[$0], $1) }) {
        row[factor] = value
        if isAllowed(changes(row)) { break }
      }
      settled.insert(factor)
    }
    return row
  }

  private func isAboutNumbers(_ pair: Pair) -> Bool { max(pair.factors.0, pair.factors.1) >= choices }

  /// The pairs of the first factors, without those that are usual; two new values before one.
  private func pairs(upTo count: Int) -> [Pair] {
    if count == 1 { return factors[0].values.indices.dropFirst().map { Pair(factors: (0, 0), values: ($0, $0)) } }
    var pairs: [Pair] = []
    for left in 0..<count {
      for right in left + 1..<max(count, left + 1) {
        for one in factors[left].values.indices {
          pairs += factors[right].values.indices.map { Pair(factors: (left, right), values: (one, $0)) }
        }
      }
    }
    func isNew(_ pair: Pair) -> Bool { pair.values.0 > 0 && pair.values.1 > 0 }
    return pairs.filter(isNew) + pairs.filter { !isNew($0) && $0.values != (0, 0) }
  }

  /// All combinations of the choices.
  private func products() -> [Row] {
    let usual = Row(repeating: 0, count: factors.count)
    return (0..<choices).reduce([usual]) { rows, factor in
      rows.flatMap { row in
        factors[factor].values.indices.map { value in
          var row = row
          row[factor] = value
          return row
        }
      }
    }
  }
}
