import Foundation

/// The 1,797 handwritten digits of 8 by 8 pixels that scikit-learn's `load_digits` has: the test set of "Optical
/// Recognition of Handwritten Digits" (Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, CC BY 4.0).
public struct Digits: Sendable {
  /// A part of the digits.
  public struct Part: Sendable {
    /// The images, one a row: 64 pixels from 0 to 1, rows of the image one after the other.
    public var images: Matrix
    /// The digits that they show, 0 to 9.
    public var labels: [Int]
  }

  /// Thrown where the file that `prepare.py` writes cannot be used.
  public struct NotPrepared: Error, CustomStringConvertible {
    let file: String
    /// What is wrong, and the remedy.
    public var description: String {
      """
      \(file) is missing or damaged. Remove it and run `python3 prepare.py` in experiments/neighbours, which needs \
      scikit-learn
      """
    }
  }

  /// The digits in the order of a fixed permutation.
  private let all: Part

  /// Reads `data/digits.txt`: a line for each digit, its label and a letter from `a` (0) to `q` (16) for each pixel.
  public init() throws(NotPrepared) {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../data/digits.txt").standardizedFileURL
    let lines = ((try? Data(contentsOf: file)) ?? Data()).split(separator: UInt8(ascii: "\n")).map(Array.init)
    guard lines.count == 1797, lines.allSatisfy({ $0.count == 65 }) else { throw NotPrepared(file: file.path) }
    var stream = NamedStream(seed: 0, "split of the digits")
    let order = stream.permutation(lines.count)
    all = Part(
      images: Matrix(rows: lines.count, columns: 64) { Float(lines[order[$0]][$1 + 1] - UInt8(ascii: "a")) / 16 },
      labels: order.map { Int(lines[$0][0] - UInt8(ascii: "0")) })
  }

  /// Some digits by their places in the permutation.
  public subscript(places: Range<Int>) -> Part {
    Part(images: all.images.gathered(places), labels: Array(all.labels[places]))
  }
}
