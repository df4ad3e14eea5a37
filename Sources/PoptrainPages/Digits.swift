internal import Foundation

/// How numbers of one kind are written, so that those of a comparison have as many decimals as they need to be told apart.
package struct Digits: Hashable, Sendable {
  /// None: four significant digits each, for numbers that are very large or very small.
  private let decimals: Int?

  /// Numbers as large as `largest`, of which a difference of `least` is to have two digits.
  package init(largest: Double, least: Double) {
    let needed = least > 0 ? max(0, 1 - Int(log10(least).rounded(.down))) : 4
    decimals = largest < 1e7 && needed <= 8 ? needed : nil
  }

  /// The number.
  package func text(_ number: Double) -> String {
    guard let decimals else { return String(format: "%.4g", number) }
    let text = String(format: "%.\(decimals)f", number)
    return text.contains { ("1"..."9").contains($0) } ? text : text.replacing("-", with: "")
  }

  /// The number with its sign.
  package func signed(_ number: Double) -> String {
    let text = text(number)
    return text.hasPrefix("-") ? text : "+" + text
  }
}

/// A probability as it is usual to write it: `0.0156`, `< 0.001`.
package func probability(_ p: Double) -> String {
  p < 0.001 ? "< 0.001" : String(format: "%.3g", p)
}
