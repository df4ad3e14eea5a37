internal import Foundation

/// A scale of a drawing, with marks at round numbers.
package struct Axis {
  /// The marks, from low to high, at least two.
  package let marks: [Double]
  private let low: Double
  private let high: Double
  private let isLogarithmic: Bool

  /// Makes a scale from mark to mark around numbers; where they are positive and cover more than two powers of ten, a
  /// logarithmic one.
  package init(around numbers: [Double]) {
    let (least, greatest) = (numbers.min() ?? 0, numbers.max() ?? 1)
    isLogarithmic = least > 0 && greatest / least > 100
    marks = isLogarithmic ? Axis.powers(least, greatest) : Axis.round(least, greatest)
    (low, high) = (marks[0], marks[marks.count - 1])
  }

  /// Makes a scale from 0 to a number, which need not be a mark.
  package init(to number: Double) {
    isLogarithmic = false
    marks = Axis.round(0, number).filter { $0 <= number }
    (low, high) = (0, number)
  }

  /// Where a number lies: 0 at the beginning of the scale, 1 at its end.
  package func position(of number: Double) -> Double {
    (scaled(number) - scaled(low)) / (scaled(high) - scaled(low))
  }

  /// How the marks are written.
  package func text(_ mark: Double) -> String {
    if isLogarithmic { return String(format: "%g", mark) }
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

  private func scaled(_ number: Double) -> Double { isLogarithmic ? log10(number) : number }

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
    let step = (last - first + 6) / 7
    let count = (last - first + step - 1) / step
    return (0...count).map { pow(10, Double(first + $0 * step)) }
  }
}
