import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// What one perturbation does to a value.
@Suite struct PerturbedValueTests {
  static let factors = [0.8, 1.25]

  private func move(_ value: Value, by factor: Double, in domain: Domain, draw: Int = 0) -> Value {
    var random = RandomStream(seed: 1, member: 0, ordinal: draw, purpose: "move")
    return domain.perturbed(value, by: factor, .reflect, random: &random)
  }

  @Test("A hundred thousand moves never leave the range or the grid, of any kind", arguments: 0..<200)
  func movesStayInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    var random = RandomStream(seed: UInt64(seed), member: 0, ordinal: 0, purpose: "moves")
    let domain = Domain.random(&dice)
    var value = domain.sample(member: 0, random: &random)
    for _ in 0..<500 {
      let factor = [0.8, 1.25, 0.5, 2, 1, 0.01, 100, 1.0001][dice.integer(0...7)]
      value = domain.perturbed(value, by: factor, .reflect, random: &random)
      guard domain.contains(value) else {
        Issue.record("\(value) is outside \(domain) after a factor of \(factor)")
        return
      }
    }
  }

  @Test(
    "Moves in the widest ranges stay inside, from their ends and from zero",
    arguments: [
      (.integer(-1 << 53, 1 << 53), [.integer(-1 << 53), .integer(1 << 53), .integer(0), .integer(1 << 52 + 1)]),
      (.uniform(-1e307, 1e307), [.number(-1e307), .number(1e307), .number(0), .number(1e-300)]),
      (.logUniform(1e-300, 1e300), [.number(1e-300), .number(1e300), .number(1)]),
      (.logUniform(.leastNonzeroMagnitude, 1.7e308), [.number(.leastNonzeroMagnitude), .number(1.7e308)]),
    ] as [(Domain, [Value])])
  func widestRanges(_ domain: Domain, _ values: [Value]) {
    for value in values {
      for factor in [0.01, 0.8, 1, 1.0000001, 1.25, 100] {
        #expect(domain.contains(move(value, by: factor, in: domain)))
      }
    }
  }

  @Test("Every whole number can move, zero, negative ones and the ends included", arguments: factors)
  func wholeNumbersMove(_ factor: Double) {
    for low in -6...6 {
      for high in (low + 1)...(low + 8) {
        for value in low...high {
          for draw in 0..<3 {
            let moved = move(.integer(value), by: factor, in: .integer(low, high), draw: draw)
            #expect(moved != .integer(value), "\(value) in \(low)...\(high)")
            #expect(Domain.integer(low, high).contains(moved), "\(value) in \(low)...\(high)")
          }
        }
      }
    }
  }

  @Test("A whole number away from the ends moves up for a factor above 1, and down for one below")
  func wholeNumbersMoveTheRightWay() {
    for value in 1...40 {
      for draw in 0..<5 {
        let up = move(.integer(value), by: 1.25, in: .integer(-100, 100), draw: draw).asNumber!
        let down = move(.integer(-value), by: 1.25, in: .integer(-100, 100), draw: draw).asNumber!
        let smaller = move(.integer(value), by: 0.8, in: .integer(-100, 100), draw: draw).asNumber!
        #expect(up > Double(value) && down < Double(-value) && smaller < Double(value))
        #expect(abs(up - 1.25 * Double(value)) < 1 && abs(smaller - 0.8 * Double(value)) < 1)
      }
    }
  }

  @Test("From every value of a small grid every other one is reached", arguments: -12...40)
  func everyValueIsReached(_ low: Int) {
    for high in Set([low, low + 1, low + 2, low + 5, low + 7, low + 15]) {
      let domain = Domain.integer(low, high)
      var neighbours: [Int: Set<Int>] = [:]
      for value in low...high {
        for (draw, factor) in (0..<60).flatMap({ draw in Self.factors.map { (draw, $0) } }) {
          guard case .integer(let moved) = move(.integer(value), by: factor, in: domain, draw: draw) else { continue }
          neighbours[value, default: []].insert(moved)
        }
      }
      for start in low...high {
        #expect(reached(from: start, neighbours).count == high - low + 1, "from \(start) in \(low)...\(high)")
      }
    }
  }

  private func reached(from start: Int, _ neighbours: [Int: Set<Int>]) -> Set<Int> {
    var reached: Set = [start]
    var open = [start]
    while let value = open.popLast() {
      for next in neighbours[value] ?? [] where reached.insert(next).inserted { open.append(next) }
    }
    return reached
  }

  @Test("An ordered value moves to its neighbour, and at an end inwards", arguments: 2...6)
  func orderedValuesMoveToNeighbours(_ count: Int) {
    let domain = Domain.ordered((0..<count).map { .text("size \($0)") })
    for position in 0..<count {
      let up = position == count - 1 ? position - 1 : position + 1
      let down = position == 0 ? 1 : position - 1
      #expect(move(.text("size \(position)"), by: 1.25, in: domain) == .text("size \(up)"))
      #expect(move(.text("size \(position)"), by: 0.8, in: domain) == .text("size \(down)"))
    }
  }

  @Test(
    "Zero of a uniform range moves, and so do its ends", arguments: [(0.0, 0.8), (-1.0, 1.0), (-3.0, 0.0), (0.0, 1e-9)])
  func zeroIsNoTrap(_ low: Double, _ high: Double) {
    for value in [0, low, high] {
      for factor in Self.factors {
        let moved = move(.number(value), by: factor, in: .uniform(low, high)).asNumber!
        #expect(abs(moved - value) >= 0.0099 * (high - low))
        #expect(low <= moved && moved <= high)
      }
    }
  }

  @Test(
    "In a narrow range far from zero a value moves about, and not only between the ends",
    arguments: [(0.9, 0.999), (100.0, 101.0)])
  func narrowRangesAreNotTwoEnds(_ low: Double, _ high: Double) {
    for domain in [Domain.uniform(low, high), .logUniform(low, high)] {
      var dice = SeededGenerator(seed: 1)
      var value = Value.number(low)
      var tenths: Set<Int> = []
      for _ in 0..<2000 {
        value = move(value, by: Self.factors[dice.integer(0...1)], in: domain)
        tenths.insert(min(Int((value.asNumber! - low) / (high - low) * 10), 9))
      }
      #expect(tenths.count >= 8)
    }
  }

  @Test("Inside a range a move is the multiplication", arguments: [0.5, 0.8, 1.2, 1.25, 2])
  func movesMultiply(_ factor: Double) {
    var dice = SeededGenerator(seed: 2)
    for _ in 0..<100 {
      let value = dice.real(0.1...0.4)
      let uniform = move(.number(value), by: factor, in: .uniform(0, 1)).asNumber!
      let log = move(.number(value), by: factor, in: .logUniform(1e-6, 1)).asNumber!
      #expect(abs(uniform - value * factor) < 1e-12)
      #expect(abs(log - value * factor) < 1e-12)
      #expect(move(.number(-value), by: factor, in: .uniform(-1, 1)) == .number(-uniform))
    }
  }

  @Test("A number that would leave its range comes back by as much as it was outside")
  func rangesReflect() {
    #expect(abs(move(.number(0.9), by: 1.25, in: .uniform(0, 1)).asNumber! - 0.875) < 1e-12)
    #expect(abs(move(.number(0.9), by: 1.25, in: .logUniform(1e-4, 1)).asNumber! - 1 / 1.125) < 1e-12)
    #expect(abs(move(.number(1e-4), by: 0.8, in: .logUniform(1e-4, 1)).asNumber! - 1.25e-4) < 1e-12)
  }

  @Test(
    "A factor of 1, a range of one value and a choice leave the value",
    arguments: [
      (.uniform(0, 1), .number(0), 1), (.integer(0, 9), .integer(3), 1), (.logUniform(1, 2), .number(2), 1),
      (.ordered([.integer(1), .integer(2)]), .integer(1), 1), (.integer(4, 4), .integer(4), 0.8),
      (.ordered([.integer(1)]), .integer(1), 1.25), (.uniform(3, 3), .number(3), 1.25),
      (.choice([.text("a"), .text("b")]), .text("a"), 1.25),
    ] as [(Domain, Value, Double)])
  func nothingToMove(_ domain: Domain, _ value: Value, _ factor: Double) {
    #expect(move(value, by: factor, in: domain) == value)
  }
}
