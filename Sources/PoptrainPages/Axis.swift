internal import Foundation

/// A scale of a drawing, with marks at round numbers or at names.
package struct Axis: Hashable, Sendable {
  /// How numbers are laid out.
  package enum Scale: Hashable, Sendable {
    /// Equal distances for equal differences.
    case linear
    /// Equal distances for equal ratios; all numbers are positive.
    case logarithmic

    /// Logarithmic where numbers are positive and cover more than two powers of ten.
    package init(for numbers: [Double]) {
      let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 1)
      self = least > 1e-300 && greatest / least > 100 ? .logarithmic : .linear
    }
  }

  /// The marks, from low to high, at least two.
  package let marks: [Double]
  /// Where the scale begins.
  package let low: Double
  /// Where it ends, above its beginning.
  package let high: Double
  /// How numbers are laid out.
  package let scale: Scale
  /// What stands at 0, 1, 2 and so on, on a scale of names; none: it is one of numbers.
  package let names: [String]?

  /// Makes a scale from mark to mark around finite numbers.
  ///
  /// - Parameter scale: none: what fits the numbers.
  package init(around numbers: [Double], scale: Scale? = nil) {
    let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 1)
    self.scale = scale ?? Scale(for: numbers)
    marks = self.scale == .logarithmic ? Axis.powers(least, greatest) : Axis.round(least, greatest)
    (low, high) = (marks[0], marks[marks.count - 1])
    names = nil
  }

  /// Makes a scale between two numbers, which need not be marks.
  package init(from low: Double, to high: Double, scale: Scale = .linear) {
    let high = high > low ? high : low + max(1, low.magnitude / 10)
    let around = Axis(around: [low, high], scale: scale)
    let within = around.marks.filter { low <= $0 && $0 <= high }
    marks = within.count > 1 ? within : scale == .logarithmic ? Axis.within(low, high) : [low, high]
    (self.low, self.high, self.scale, names) = (low, high, scale, nil)
  }

  /// Makes a scale that ends a little beyond finite numbers.
  ///
  /// - Parameter scale: none: what fits the numbers.
  package init(closeAround numbers: [Double], scale: Scale? = nil) {
    let scale = scale ?? Scale(for: numbers)
    let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 1)
    switch scale {
    case .logarithmic:
      let margin = greatest > least ? pow(10, 0.03 * (log10(greatest) - log10(least))) : 1.5
      self.init(from: least / margin, to: greatest * margin, scale: scale)
    case .linear:
      let margin = greatest > least ? (greatest - least) * 0.03 : max(greatest.magnitude, 1e-3) / 10
      self.init(from: least - margin, to: greatest + margin)
    }
  }

  /// Makes a scale from 0 to a number, which need not be a mark.
  package init(to number: Double) {
    self.init(from: 0, to: number)
  }

  /// Makes a scale of names, with half a place before and after them.
  package init(names: [String]) {
    self.names = names
    marks = names.count > 1 ? names.indices.map(Double.init) : [0, 1]
    (low, high, scale) = (-0.5, max(Double(names.count) - 0.5, 0.5), .linear)
  }

  /// Where a number lies: 0 at the beginning of the scale, 1 at its end.
  package func position(of number: Double) -> Double {
    (scaled(number) - scaled(low)) / (scaled(high) - scaled(low))
  }

  /// How the marks are written.
  package func text(_ mark: Double) -> String {
    if let names { return names.indices.contains(Int(mark)) ? names[Int(mark)] : "" }
    if scale == .logarithmic { return String(format: "%g", mark) }
    if mark == 0 { return "0" }
    let step = marks[1] - marks[0]
    let largest = marks.map(\.magnitude).max() ?? 0
    guard largest < 1e10, step >= 1e-8 else {
      return String(format: "%.\(Int(log10(largest / step).rounded(.up)) + 1)g", mark)
    }
    let (unit, suffix) =
      largest >= 1e6 && step >= 1e4 ? (1e6, "M") : largest >= 1e4 && step >= 10 ? (1e3, "k") : (1, "")
    let decimals = max(0, Int((-log10(step / unit) - 1e-9).rounded(.up)))
    return String(format: "%.\(decimals)f", mark / unit) + suffix
  }

  private func scaled(_ number: Double) -> Double { scale == .logarithmic ? log10(number) : number }

  /// Four to eight multiples of 1, 2 or 5 times a power of ten.
  private static func round(_ low: Double, _ high: Double) -> [Double] {
    // Wide enough for the marks to be different numbers.
    let least = max(low.magnitude, high.magnitude) * 1e-9
    let width = high - low > least ? high - low : max(high.magnitude, 1e-3) / 5
    let power = pow(10, log10(width / 6).rounded(.up))
    let step = [power / 5, power / 2, power].first { width / $0 <= 6 } ?? power
    let first = (low / step).rounded(.down)
    let last = max((high / step).rounded(.up), first + 1)
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// At most eight powers of ten.
  private static func powers(_ low: Double, _ high: Double) -> [Double] {
    let (first, last) = (Int(log10(low).rounded(.down)), Int(log10(high).rounded(.up)))
    let step = max(1, (last - first + 6) / 7)
    let count = max(1, (last - first + step - 1) / step)
    return (0...count).map { pow(10, Double(first + $0 * step)) }
  }

  /// Multiples of 1, 2 and 5 of powers of ten, where there are hardly two powers.
  private static func within(_ low: Double, _ high: Double) -> [Double] {
    let first = Int(log10(low).rounded(.down))
    let marks = (first...first + 2).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
    let inside = marks.filter { low <= $0 && $0 <= high }
    return inside.count > 1 ? inside : [low, high]
  }
}
