@testable import PoptrainChecking
import PopulationBasedTraining
import Testing

/// Values of other hyperparameters that are tried together.
@Suite struct CombinationsTests {
  static func factors(_ sizes: [Int], choices: Int) -> [Combinations.Factor] {
    sizes.enumerated().map { position, size in
      .init(name: "\(position)", values: (0..<size).map { .integer($0) }, isChoice: position < choices)
    }
  }

  /// All combinations, where each can be trained for which `trains` holds.
  static func all(
    _ combinations: inout Combinations, where trains: (Hyperparameters) -> Bool = { _ in true }
  ) -> [Hyperparameters] {
    var all: [Hyperparameters] = []
    while let changes = combinations.next() {
      guard trains(changes) else { continue }
      combinations.lastWasTrained()
      all.append(changes)
    }
    return all
  }

  static func value(_ factor: Int, in changes: Hyperparameters) -> Int {
    changes["\(factor)"]?.asNumber.map { Int($0) } ?? 0
  }

  /// The pairs of values that meet nowhere.
  static func unmet(_ all: [Hyperparameters], _ sizes: [Int]) -> [[Int]] {
    var unmet: [[Int]] = []
    for left in sizes.indices {
      for right in sizes.indices.dropFirst(left + 1) {
        for one in 0..<sizes[left] {
          for other in 0..<sizes[right] where (one, other) != (0, 0) {
            let isMet = all.contains { value(left, in: $0) == one && value(right, in: $0) == other }
            if !isMet { unmet.append([left, one, right, other]) }
          }
        }
      }
    }
    return unmet
  }

  @Test(arguments: [
    ([2, 2], 3), ([3, 3, 3], 12), ([2, 2, 2, 2, 2], 8), ([3, 3, 3, 3, 3, 3], 19), ([2, 3, 4, 2, 5], 23),
    ([4, 4, 4, 4, 4, 4, 4, 4], 40),
  ])
  func everyTwoValuesMeetInFewCombinations(sizes: [Int], most: Int) {
    for choices in 0...sizes.count {
      var combinations = Combinations(Self.factors(sizes, choices: choices)) { _ in true }
      let all = Self.all(&combinations)
      #expect(Self.unmet(all, sizes) == [])
      #expect(Set(all).count == all.count && !all.contains([:]))
      #expect(combinations.isComplete)
      let isPlain = choices == 0 || choices == sizes.count && sizes.reduce(1, *) > 16
      #expect(!isPlain || all.count <= most, "\(all.count) with \(choices) choices")
    }
  }

  @Test func choicesComeFirstWithTheUsualNumbers() throws {
    var combinations = Combinations(Self.factors([3, 2, 2, 3], choices: 2)) { _ in true }
    let all = Self.all(&combinations)
    let numbers = all.map { changes in changes["2"] != nil || changes["3"] != nil }
    let begin = try #require(numbers.firstIndex(of: true))
    #expect(numbers[..<begin].count == 4 || numbers[..<begin].count == 5)
    #expect(Self.unmet(Array(all[..<begin]), [3, 2]) == [])
  }

  @Test func ofFewChoicesAllCombinationsAreTried() {
    var combinations = Combinations(Self.factors([2, 2, 2, 2], choices: 4)) { _ in true }
    #expect(Set(Self.all(&combinations)).count == 15)
  }

  @Test func oneFactorIsChangedAlone() {
    for choices in [0, 1] {
      var combinations = Combinations(Self.factors([4], choices: choices)) { _ in true }
      #expect(Self.all(&combinations).map { Self.value(0, in: $0) } == [1, 2, 3])
    }
    var none = Combinations([]) { _ in true }
    #expect(none.next() == nil && none.isComplete)
  }

  @Test func whatIsNotAllowedTogetherIsNotTried() {
    func isAllowed(_ changes: Hyperparameters) -> Bool {
      Self.value(0, in: changes) + Self.value(1, in: changes) < 3 && Self.value(2, in: changes) != 1
    }
    let sizes = [3, 3, 3, 3]
    var combinations = Combinations(Self.factors(sizes, choices: 4), isAllowed: isAllowed)
    let all = Self.all(&combinations)
    #expect(all.allSatisfy(isAllowed))
    let unmet = Self.unmet(all, sizes).filter { pair in
      isAllowed(["\(pair[0])": .integer(pair[1]), "\(pair[2])": .integer(pair[3])])
    }
    #expect(unmet == [])
    #expect(combinations.isComplete)
  }

  @Test func whatCannotBeTrainedIsTriedOtherwiseAndThenTold() {
    func trains(_ changes: Hyperparameters) -> Bool {
      !(Self.value(0, in: changes) == 2 && Self.value(3, in: changes) == 1)
    }
    let sizes = [3, 3, 3, 3, 3]
    var combinations = Combinations(Self.factors(sizes, choices: 3)) { _ in true }
    let all = Self.all(&combinations, where: trains)
    #expect(Self.unmet(all, sizes) == [[0, 2, 3, 1]])
    #expect(!combinations.isComplete)
  }
}
