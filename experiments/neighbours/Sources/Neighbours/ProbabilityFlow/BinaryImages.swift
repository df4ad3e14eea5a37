import Foundation

/// The tasks: binary images whose distribution is to be learned.
public struct BinaryImages: Sendable {
  /// The images, one a row, of zeros and ones.
  public let train, validation, test: Matrix
  /// For each pixel of a validation image, 1 where it is erased: one in five.
  private let erased: Matrix

  private init(train: Matrix, validation: Matrix, test: Matrix) {
    (self.train, self.validation, self.test) = (train, validation, test)
    var random = NamedStream(seed: 0, "erased pixels")
    erased = Matrix(rows: validation.rows, columns: validation.columns) { _, _ in random.unit() < 0.2 ? 1 : 0 }
  }

  /// The digits, a pixel being 1 from half of the greatest darkness on: 1200, 300 and 297.
  public init(_ digits: Digits) {
    func binary(_ places: Range<Int>) -> Matrix {
      var images = digits[places].images
      images.map { $0 >= 0.5 ? 1 : 0 }
      return images
    }
    self.init(train: binary(0..<1200), validation: binary(1200..<1500), test: binary(1500..<1797))
  }

  /// The 30 images of 4 by 4 pixels in which whole columns or whole rows are dark. They are several flips apart, so the
  /// flow between neighbours says little about them: probability flow fails here.
  public static func barsAndStripes() -> BinaryImages {
    let patterns = (0..<16).flatMap { bits in
      [false, true].compactMap { isRow -> [Float]? in
        if isRow && (bits == 0 || bits == 15) { return nil }
        return (0..<16).map { Float(bits >> (isRow ? $0 / 4 : $0 % 4) & 1) }
      }
    }
    let images = Matrix(rows: patterns.count, columns: 16) { patterns[$0][$1] }
    return BinaryImages(train: images, validation: images, test: images)
  }

  /// Images drawn from a restricted machine, whose own likelihood no model exceeds on average.
  public static func drawn(from machine: BoltzmannMachine, count: Int, random: inout NamedStream) -> BinaryImages {
    func sampled(_ rows: Int) -> Matrix {
      var images = Matrix(rows: rows, columns: machine.shape.visible)
      for _ in 0..<500 {
        var hidden = images.timesTransposed(machine.first)
        hidden.addToRows(machine.firstBias)
        hidden.map { random.unitFloat() < sigmoid($0) ? 1 : 0 }
        images = hidden.times(machine.first)
        images.addToRows(machine.visibleBias)
        images.map { random.unitFloat() < sigmoid($0) ? 1 : 0 }
      }
      return images
    }
    return BinaryImages(train: sampled(count), validation: sampled(count), test: sampled(count))
  }

  /// How often each pixel is 1 in the training images.
  public var pixelMeans: [Float] { train.columnSums().map { $0 / Float(train.rows) } }

  /// The share of erased pixels of the validation images that a machine fills in rightly, by three sweeps of
  /// conditional means.
  public func reconstruction(by machine: BoltzmannMachine) -> Double {
    var states = BoltzmannMachine.States(
      visible: validation, first: Matrix(rows: validation.rows, columns: machine.shape.first, repeating: 0.5),
      second: Matrix(rows: validation.rows, columns: machine.shape.second, repeating: 0.5))
    for row in 0..<validation.rows {
      for pixel in 0..<validation.columns where erased[row, pixel] == 1 {
        states.visible[row, pixel] = sigmoid(machine.visibleBias[pixel])
      }
    }
    for _ in 0..<3 {
      states.first = machine.firstField(states)
      states.first.map(sigmoid)
      states.second = machine.secondField(states)
      states.second.map(sigmoid)
      let field = machine.fields(states).visible
      for row in 0..<validation.rows {
        for pixel in 0..<validation.columns where erased[row, pixel] == 1 {
          states.visible[row, pixel] = sigmoid(field[row, pixel])
        }
      }
    }
    var (right, all) = (0, 0)
    for row in 0..<validation.rows {
      for pixel in 0..<validation.columns where erased[row, pixel] == 1 {
        all += 1
        if (states.visible[row, pixel] > 0.5) == (validation[row, pixel] == 1) { right += 1 }
      }
    }
    return Double(right) / Double(max(all, 1))
  }
}
