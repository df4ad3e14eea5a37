/// Each hyperparameter is multiplied by a factor drawn from a list; sometimes it is drawn anew from its range.
///
/// Jaderberg et al. 2017, section 4.1.1, with factors 1.2 and 0.8. Those lower a value by 2 % a move when nothing is
/// selected (their geometric mean is 0.98), so the default here is 1.25 and 0.8, whose product is 1. What the paper does
/// not say is decided in ``Domain/perturbed(_:by:random:)``.
struct Perturb: ExploreRule {
  static let name = "perturb"
  static let version = 1
  static let summary = "Each value is multiplied by a factor drawn from a list, and now and then drawn anew."
  static let settings = [
    Setting(
      "factors", standard: .numbers([0.8, 1.25]), limits: 0.01...100,
      summary: "The factors, each as likely as the others. An ordered value moves up for a factor above 1."),
    Setting(
      "resample_probability", standard: .number(0.1), limits: 0...1,
      summary: "Probability that a value is drawn anew from its range instead, a fraction."),
    Setting(
      "choice_probability", standard: .number(0.25), limits: 0...1,
      summary: "Probability that a choice, which cannot be multiplied, is drawn anew, a fraction."),
  ]

  private let factors: [Double]
  private let resampleProbability: Double
  private let choiceProbability: Double

  init(_ settings: RuleChoice) {
    factors = settings.numbers("factors")
    resampleProbability = settings.number("resample_probability")
    choiceProbability = settings.number("choice_probability")
  }

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters {
    var values = inherited
    for hyperparameter in context.explored {
      guard let value = inherited[hyperparameter.name] else { continue }
      let domain = hyperparameter.domain
      var random = context.random(for: hyperparameter)
      let isDrawnAnew = random.chance(domain.isChoice ? choiceProbability : resampleProbability)
      let factor = factors[random.integer(below: factors.count)]
      values[hyperparameter.name] =
        isDrawnAnew
        ? domain.sample(member: context.member, random: &random)
        : domain.perturbed(value, by: factor, random: &random)
    }
    return values
  }
}

extension Domain {
  fileprivate var isChoice: Bool {
    if case .choice = self { true } else { false }
  }

  /// The value multiplied by a factor, inside the range and on the grid.
  ///
  /// - A real number that would leave its range is reflected at the end (in the logarithm for a log range).
  /// - In a range that is not logarithmic a move is at least 1 % of the range, so that zero is no trap.
  /// - A move is at most as long as it would be in a range of the same width that begins at zero. Without this limit 0.95
  ///   in 0.9...0.99 could only jump from end to end.
  /// - A whole number moves by at least one. The length of a move is rounded up or down by chance, as its fraction says:
  ///   were it rounded to the nearest, 7 in 1...8 could never be reached.
  /// - An ordered value moves to its neighbour, up for a factor above 1; at an end, inwards.
  /// - A choice stays.
  func perturbed(_ value: Value, by factor: Double, random: inout RandomStream) -> Value {
    switch (self, value) {
    case (.uniform(let low, let high), .number(let number)):
      guard factor != 1 else { return value }
      let length = max(lengthOfMove(from: number, by: factor, in: high - low), 0.01 * (high - low))
      return .number(reflected(number + direction(from: number, by: factor) * length, low, high))
    case (.logUniform(let low, let high), .number(let number)):
      let (start, end) = (logarithm(low), logarithm(high))
      let moved = reflected(logarithm(number) + logarithm(factor) * min(end - start, 1), start, end)
      return .number(min(max(exponential(moved), low), high))
    case (.integer(let low, let high), .integer(let integer)):
      guard low < high, factor != 1 else { return value }
      let length = lengthOfMove(from: Double(integer), by: factor, in: Double(high - low))
      let whole = max((length + random.unit()).rounded(.down), 1)
      let moved = Double(integer) + direction(from: Double(integer), by: factor) * whole
      let mirrored = Int(reflected(moved, Double(low), Double(high)))
      return .integer(mirrored == integer ? (moved > Double(high) ? high : low) : mirrored)
    case (.ordered(let values), _):
      guard values.count > 1, factor != 1, let position = values.firstIndex(of: value) else { return value }
      let neighbour = factor > 1 ? position + 1 : position - 1
      return values[values.indices.contains(neighbour) ? neighbour : 2 * position - neighbour]
    default:
      return value
    }
  }
}

private func lengthOfMove(from number: Double, by factor: Double, in width: Double) -> Double {
  abs(factor - 1) * min(abs(number), width)
}

/// Away from zero for a factor above 1, and up from zero itself.
private func direction(from number: Double, by factor: Double) -> Double {
  (number < 0) == (factor < 1) ? 1 : -1
}

/// The number, mirrored at an end that it has passed; a number that passes both ends stops at the second.
private func reflected(_ number: Double, _ low: Double, _ high: Double) -> Double {
  if number < low { return min(2 * low - number, high) }
  if number > high { return max(2 * high - number, low) }
  return number
}
