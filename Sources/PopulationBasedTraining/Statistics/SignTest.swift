/// The sign test: are wins and losses equally likely? Ties are left out before.
///
/// The exact binomial test with probability 1/2 (Arbuthnott 1710).
public struct SignTest: Hashable, Sendable {
  /// How many pairs were better.
  public let wins: Int
  /// How many pairs were worse.
  public let losses: Int

  /// Takes counts that are not negative.
  public init(wins: Int, losses: Int) {
    precondition(wins >= 0 && losses >= 0, "there are no \(min(wins, losses)) wins or losses")
    self.wins = wins
    self.losses = losses
  }

  /// The probability of at least as many wins where both are equally likely; 1 where there are none. O(wins + losses).
  public var oneSidedP: Double {
    if wins > losses { return twoSidedP / 2 }
    return wins == 0 ? 1 : 1 - SignTest(wins: losses + 1, losses: wins - 1).twoSidedP / 2
  }

  /// The probability of a result at least as uneven where both are equally likely; 1 where there are neither.
  /// O(wins + losses).
  public var twoSidedP: Double {
    let count = wins + losses
    let fewer = min(wins, losses)
    guard 2 * fewer < count else { return 1 }
    // The binomial coefficient of `fewer`, halved on the way so that it does not overflow.
    var term = 1.0
    var halvings = count
    for chosen in stride(from: 1, through: fewer, by: 1) {
      term *= Double(count - fewer + chosen) / Double(chosen)
      while term > 1, halvings > 0 { (term, halvings) = (term / 2, halvings - 1) }
    }
    // The terms below it, each in parts of that one.
    var sum = 1.0
    var part = 1.0
    for chosen in stride(from: fewer, to: 0, by: -1) {
      part *= Double(chosen) / Double(count - chosen + 1)
      sum += part
    }
    return min(1, 2 * sum * Double(sign: .plus, exponent: -halvings, significand: term))
  }
}
