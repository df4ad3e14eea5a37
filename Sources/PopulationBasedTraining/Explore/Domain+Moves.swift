extension Domain {
  /// Whether it is a set without an order.
  public var isChoice: Bool {
    if case .choice = self { true } else { false }
  }

  /// The value multiplied by a factor, inside the range and on the grid.
  ///
  /// - In a log range the logarithm moves; of a ``oneMinus(_:_:)`` the distance to 1 is multiplied.
  /// - In a range that is not logarithmic a move is at least 1 % of the range, so that zero is no trap.
  /// - A move is at most as long as it would be in a range of the same width that begins at zero. Without this limit 0.95
  ///   in 0.9...0.99 could only jump from end to end.
  /// - A whole number moves by at least one. The length of a move is rounded up or down by chance, as its fraction says:
  ///   were it rounded to the nearest, 7 in 1...8 could never be reached.
  /// - An ordered value moves to its neighbour, up for a factor above 1.
  /// - What would leave the range is reflected or clipped.
  /// - A choice stays.
  func perturbed(_ value: Value, by factor: Double, _ bounds: Bounds, random: inout RandomStream) -> Value {
    guard factor != 1 else { return value }
    switch (self, value) {
    case (.uniform(let low, let high), .number(let number)):
      let length = max(lengthOfMove(from: number, by: factor, in: high - low), 0.01 * (high - low))
      return .number(bounds.kept(number + direction(from: number, by: factor) * length, low, high))
    case (.logUniform(let low, let high), .number(let number)):
      let (start, end) = (logarithm(low), logarithm(high))
      let moved = bounds.kept(logarithm(number) + logarithm(factor) * min(end - start, 1), start, end)
      return .number(min(max(exponential(moved), low), high))
    case (.oneMinus(let low, let high), .number(let number)):
      let (start, end) = (logarithm(1 - high), logarithm(1 - low))
      let moved = bounds.kept(logarithm(1 - number) + logarithm(factor) * min(end - start, 1), start, end)
      return .number(min(max(1 - exponential(moved), low), high))
    case (.integer(let low, let high), .integer(let integer)):
      let length = lengthOfMove(from: Double(integer), by: factor, in: Double(high - low))
      let whole = max((length + random.unit()).rounded(.down), 1)
      return .integer(bounds.kept(integer, direction(from: Double(integer), by: factor) * whole, low, high))
    case (.ordered(let values), _):
      guard let position = values.firstIndex(of: value) else { return value }
      return values[bounds.kept(position, factor > 1 ? 1 : -1, 0, values.count - 1)]
    default:
      return value
    }
  }

  /// The value moved by a fraction of the range, inside it and on the grid: in the logarithm for a log range, over the
  /// positions for an ordered one. The length of a move over whole numbers is rounded by chance, as its fraction says.
  func moved(_ value: Value, by fraction: Double, _ bounds: Bounds, _ random: inout RandomStream) -> Value {
    func whole(_ width: Int) -> Double {
      (fraction * Double(width) + random.unit()).rounded(.down)
    }
    switch (self, value) {
    case (.uniform(let low, let high), .number(let number)):
      return .number(bounds.kept(number + fraction * (high - low), low, high))
    case (.logUniform(let low, let high), .number(let number)):
      let (start, end) = (logarithm(low), logarithm(high))
      return .number(
        min(max(exponential(bounds.kept(logarithm(number) + fraction * (end - start), start, end)), low), high))
    case (.oneMinus(let low, let high), .number(let number)):
      let (start, end) = (logarithm(1 - high), logarithm(1 - low))
      let moved = bounds.kept(logarithm(1 - number) - fraction * (end - start), start, end)
      return .number(min(max(1 - exponential(moved), low), high))
    case (.integer(let low, let high), .integer(let integer)):
      return .integer(bounds.kept(integer, whole(high - low), low, high))
    case (.ordered(let values), _):
      guard let position = values.firstIndex(of: value) else { return value }
      return values[bounds.kept(position, whole(values.count - 1), 0, values.count - 1)]
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

extension Bounds {
  /// The number inside its range. One that passes both ends by reflection stops at the second.
  func kept(_ number: Double, _ low: Double, _ high: Double) -> Double {
    switch self {
    case .clip: return min(max(number, low), high)
    case .reflect:
      if number < low { return min(2 * low - number, high) }
      if number > high { return max(2 * high - number, low) }
      return number
    }
  }

  /// A whole number after a move, inside its range. Reflected, it really moves wherever there is room.
  func kept(_ integer: Int, _ move: Double, _ low: Int, _ high: Int) -> Int {
    let moved = Double(integer) + move
    let inside = Int(kept(moved, Double(low), Double(high)))
    guard self == .reflect, inside == integer, move != 0 else { return inside }
    return moved > Double(high) ? high : low
  }
}
