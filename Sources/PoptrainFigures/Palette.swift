/// A colour by what it stands for; which it is depends on the background.
package enum Colour: Hashable, Sendable {
  /// One of things that are told apart.
  case category(Int)
  /// A place on a scale of colours, from pale to strong.
  case step(Int)
  case winner, member, soft, ink, paper

  /// How many colours a scale has.
  package static let steps = 12
  /// How many things can be told apart.
  package static let categories = 7

  static let all: [Colour] =
    (0..<categories).map(Colour.category) + (0..<steps).map(Colour.step) + [.winner, .member, .soft, .ink, .paper]

  /// Its name in style sheets.
  var name: String {
    switch self {
    case .category(let index): "k\(index)"
    case .step(let index): "s\(index)"
    case .winner: "winner"
    case .member: "member"
    case .soft: "soft"
    case .ink: "ink"
    case .paper: "paper"
    }
  }

  /// The colour on a light or a dark background, as `#rrggbb`. The categories are those of Okabe and Ito, which all can
  /// tell apart.
  func hex(isDark: Bool = false) -> String {
    switch self {
    case .category(let index):
      (isDark
        ? ["#56b4e9", "#f0a03c", "#2fbf8f", "#d68fbb", "#e8de5a", "#7f9df0", "#ee7c4b"]
        : ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#8c7a00", "#56b4e9", "#d55e00"])[index % Colour.categories]
    case .step(let index):
      blended(
        isDark
          ? [0x33455F, 0x2F6F86, 0x4AA58F, 0xA3CF7A, 0xF6EA9A] : [0xD5DDA8, 0x7FC4A8, 0x3A93B0, 0x2F5597, 0x2B1F5C],
        at: Double(index) / Double(Colour.steps - 1))
    case .winner: isDark ? "#ff8a4c" : "#d04a02"
    case .member: isDark ? "#7f93ad" : "#7d92ad"
    case .soft: isDark ? "#6f7780" : "#a9aeb5"
    case .ink: isDark ? "#e4e4e0" : "#23262b"
    case .paper: isDark ? "#1b1f24" : "#ffffff"
    }
  }

  /// A place between colours that stand in equal distances.
  private func blended(_ anchors: [Int], at place: Double) -> String {
    let along = min(max(place, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(along), anchors.count - 2)
    let channels = [16, 8, 0].map { shift in
      let (from, to) = (Double(anchors[index] >> shift & 255), Double(anchors[index + 1] >> shift & 255))
      return Int((from + (to - from) * (along - Double(index))).rounded())
    }
    return "#" + channels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// With what a line is drawn, or an area filled.
package struct Pen: Hashable, Sendable {
  /// How wide it is, in the unit of the drawing; for points, their diameter.
  package enum Width: Double, CaseIterable, Sendable {
    case hair = 0.7
    case fine = 1.2
    case medium = 2
    case bold = 2.8
    case lane = 3.6
    case dot = 4.4
    case halo = 6.2
    case large = 7.6
  }

  package enum Strength: Double, CaseIterable, Sendable {
    case full = 1
    case light = 0.55
    case faint = 0.22
  }

  package let colour: Colour
  package let width: Width
  package let strength: Strength

  package init(_ colour: Colour, _ width: Width = .fine, _ strength: Strength = .full) {
    (self.colour, self.width, self.strength) = (colour, width, strength)
  }

  /// Its classes in style sheets.
  var style: String {
    colour.name + " \(width)" + (strength == .full ? "" : " \(strength)")
  }

  /// The rules of style sheets for everything that figures draw.
  static let rules: String = {
    let widths = Width.allCases.map { "path.\($0){stroke-width:\($0.rawValue)}" }
    let strengths = Strength.allCases.dropFirst().map { "path.\($0){opacity:\($0.rawValue)}" }
    return (["path{fill:none;stroke-linecap:round;stroke-linejoin:round}"] + widths + strengths).joined(separator: "\n")
  }()

  /// The rules for colours.
  static func colours(isDark: Bool) -> String {
    Colour.all.map { colour in
      let (name, hex) = (colour.name, colour.hex(isDark: isDark))
      return "path.\(name){stroke:\(hex)}\n.area.\(name){fill:\(hex);stroke:none}"
    }.joined(separator: "\n")
  }
}
