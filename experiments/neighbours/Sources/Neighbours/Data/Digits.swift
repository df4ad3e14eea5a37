import Foundation

/// The 1,797 handwritten digits of 8 by 8 pixels of scikit-learn's `load_digits`: the test set of "Optical Recognition
/// of Handwritten Digits" (Alpaydin and Kaynak, UCI Machine Learning Repository, 1998, CC BY 4.0).
public struct Digits: Sendable {
  /// Some of the digits.
  public struct Part: Sendable {
    /// The images, digits x 64: pixels from 0 to 1, by rows of the image.
    public var images: Matrix
    /// The digits shown, 0 to 9.
    public var labels: [Int]
  }

  /// The file of digits is missing, or is not what `prepare.py` writes.
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

  /// The digits in `data/digits.txt` of this package.
  public init() throws(NotPrepared) {
    try self.init(
      from: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../data/digits.txt").standardizedFileURL)
  }

  /// The digits in a file that has a line for each: the label, then a letter from `a` (0) to `q` (16) for each pixel.
  public init(from file: URL) throws(NotPrepared) {
    let lines = ((try? Data(contentsOf: file)) ?? Data()).split(separator: UInt8(ascii: "\n")).map(Array.init)
    guard lines.count == 1797, lines.allSatisfy(Digits.isDigit) else { throw NotPrepared(file: file.path) }
    var stream = NamedStream(seed: 0, "split of the digits")
    let order = stream.permutation(lines.count)
    all = Part(
      images: Matrix(rows: lines.count, columns: 64) { Float(lines[order[$0]][$1 + 1] - UInt8(ascii: "a")) / 16 },
      labels: order.map { Int(lines[$0][0] - UInt8(ascii: "0")) })
  }

  private static func isDigit(_ line: [UInt8]) -> Bool {
    line.count == 65 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[0])
      && line.dropFirst().allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "q")).contains($0) }
  }

  /// The digits at some places of the permutation.
  public subscript(places: Range<Int>) -> Part {
    Part(images: all.images.gathered(places), labels: Array(all.labels[places]))
  }
}
