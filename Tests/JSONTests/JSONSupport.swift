import PoptrainStoreTesting
import PoptrainJSON

extension JSON {
  /// A value of any kind, nested up to a depth.
  static func random(_ dice: inout SeededGenerator, depth: Int = 4) -> JSON {
    switch dice.integer(0...(depth > 0 ? 7 : 5)) {
    case 0: return .null
    case 1: return .boolean(dice.integer(0...1) == 1)
    case 2: return .integer(randomInteger(&dice))
    case 3: return .number(randomNumber(&dice))
    case 4, 5: return .text(randomText(&dice))
    case 6: return .array((0..<dice.integer(0...5)).map { _ in random(&dice, depth: depth - 1) })
    default:
      return .object(
        (0..<dice.integer(0...5)).map { _ in Member(randomText(&dice), random(&dice, depth: depth - 1)) })
    }
  }

  private static func randomInteger(_ dice: inout SeededGenerator) -> Int {
    let (small, any) = (dice.integer(-1000...1000), Int(truncatingIfNeeded: dice.next()))
    return dice.pick([0, 1, -1, .max, .min, 1 << 53 + 1, small, any])
  }

  private static func randomNumber(_ dice: inout SeededGenerator) -> Double {
    let anything = Double(bitPattern: dice.next())
    return dice.pick([
      0, -0.0, 1, -1, 0.1, 1e16, 1e300, .leastNonzeroMagnitude, anything.isFinite ? anything : 2.5,
    ])
  }

  private static func randomText(_ dice: inout SeededGenerator) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "/", "\n", "\r", "\t", "\0", "\u{1B}", "\u{7F}", "\u{80}", "é", "\u{301}", "\u{2028}",
      "\u{2029}", "\u{FEFF}", "\u{FFFF}", "𝄞", "👩", "\u{200D}", "\u{10FFFF}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<dice.integer(0...8) { text.append(dice.pick(scalars)) }
    return String(text)
  }
}

/// Whether two values are the same to the last bit and byte; `==` takes 0.0 for -0.0 and é for e with an accent.
func areIdentical(_ left: JSON, _ right: JSON) -> Bool {
  switch (left, right) {
  case (.number(let left), .number(let right)): left.bitPattern == right.bitPattern
  case (.text(let left), .text(let right)): Array(left.utf8) == Array(right.utf8)
  case (.array(let left), .array(let right)):
    left.count == right.count && zip(left, right).allSatisfy(areIdentical)
  case (.object(let left), .object(let right)):
    left.count == right.count
      && zip(left, right).allSatisfy { Array($0.name.utf8) == Array($1.name.utf8) && areIdentical($0.value, $1.value) }
  default: left == right
  }
}
