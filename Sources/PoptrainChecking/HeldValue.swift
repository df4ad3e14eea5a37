internal import Foundation
internal import PoptrainCheckpoints
internal import PopulationBasedTraining

// Whether a checkpoint holds a value that it was trained under, as the state of an optimizer does.

/// Whether each of two checkpoints holds the value that it was trained under more often than the other does.
func holdsValue(_ one: Trial, _ value: Value?, notOf other: Trial, _ otherValue: Value) -> Bool {
  // The bytes of a zero are everywhere.
  let checkpoints: [(Trial, Value?, Trial)] = [(one, value, other), (other, otherValue, one)]
  let values = checkpoints.filter { $0.1?.asNumber != 0 }
  return !values.isEmpty
    && values.allSatisfy { own, value, other in
      guard let value else { return false }
      return value.encodings.contains { $0.count(in: own) > $0.count(in: other) }
    }
}

/// The bytes of a value as some file may hold them.
private struct Encoding {
  var bytes: Data
  /// Whether a letter or digit before or after makes it another value.
  var isText = true

  /// How often they are in the files of a checkpoint.
  func count(in trial: Trial) -> Int {
    guard let folder = trial.checkpoint else { return 0 }
    return trial.contents.files.reduce(0) { count, file in
      let url = URL(filePath: folder).appending(path: file.path)
      guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else { return count }
      return count + occurrences(in: data)
    }
  }

  private func occurrences(in data: Data) -> Int {
    var count = 0
    var rest = data.startIndex..<data.endIndex
    while let found = data.range(of: bytes, in: rest) {
      let isWhole =
        (found.lowerBound == data.startIndex || !Encoding.isPart(data[found.lowerBound - 1]))
        && (found.upperBound == data.endIndex || !Encoding.isPart(data[found.upperBound]))
      if !isText || isWhole { count += 1 }
      rest = found.upperBound..<data.endIndex
    }
    return count
  }

  /// Whether a byte is a letter, a digit, or a point in a number.
  private static func isPart(_ byte: UInt8) -> Bool {
    let scalar = Unicode.Scalar(byte)
    return scalar == "." || scalar == "_" || scalar.properties.isAlphabetic || (48...57).contains(byte)
  }
}

extension Value {
  /// As text; and numbers as doubles of either byte order (a pickle has the big end first) and as singles.
  fileprivate var encodings: [Encoding] {
    let text = Encoding(bytes: Data(description.utf8))
    switch self {
    case .text: return [text]
    case .boolean(let isOn): return [text, Encoding(bytes: Data((isOn ? "True" : "False").utf8))]
    case .integer(let integer): return [text] + Value.encodings(of: Double(integer))
    case .number(let number):
      return [text, Encoding(bytes: Data("\(Float(number))".utf8))] + Value.encodings(of: number)
    }
  }

  private static func encodings(of number: Double) -> [Encoding] {
    [
      bytes(of: number.bitPattern.bigEndian), bytes(of: number.bitPattern.littleEndian),
      bytes(of: Float(number).bitPattern.littleEndian),
    ].map { Encoding(bytes: $0, isText: false) }
  }

  private static func bytes(of pattern: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: pattern) { Data($0) }
  }
}
