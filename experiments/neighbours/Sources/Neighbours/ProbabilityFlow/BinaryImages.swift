import Foundation

/// The task: learn the distribution of binary images.
public struct BinaryImages: Sendable {
  /// The images, a row each, of zeros and ones.
  public let train, validation, test: Matrix

  /// The digits, with 1 for a pixel of at least half the maximum: 1200 to train, 300 to validate, 297 to test.
  public init(_ digits: Digits) {
    func binary(_ places: Range<Int>) -> Matrix {
      var images = digits[places].images
      images.map { $0 >= 0.5 ? 1 : 0 }
      return images
    }
    (train, validation, test) = (binary(0..<1200), binary(1200..<1500), binary(1500..<1797))
  }

  private init(train: Matrix, validation: Matrix, test: Matrix) {
    (self.train, self.validation, self.test) = (train, validation, test)
  }

  /// Bars and stripes: the 30 images of 4 by 4 pixels in which whole columns or whole rows are 1. All three parts are
  /// the same. Probability flow fails here: the images are several flips apart, and flow to neighbours of one flip says
  /// little about them.
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

  /// Images drawn from a restricted machine, by 500 sweeps of Gibbs sampling. No model has a higher expected likelihood
  /// than that machine.
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

  /// The mean of each pixel over the training images.
  public var pixelMeans: [Float] { train.columnSums().map { $0 / Float(train.rows) } }

  /// Erases one pixel in five, and has a machine fill them in by three sweeps of conditional means. The erased pixels
  /// are the same for every machine.
  ///
  /// - Returns: the share of erased pixels that are filled in correctly.
  public static func reconstruction(of images: Matrix, by machine: BoltzmannMachine) -> Double {
    var random = NamedStream(seed: 0, "erased pixels")
    let erased = Matrix(rows: images.rows, columns: images.columns) { _, _ in random.unit() < 0.2 ? 1 : 0 }
    var states = BoltzmannMachine.States(
      visible: images, first: Matrix(rows: images.rows, columns: machine.shape.first, repeating: 0.5),
      second: Matrix(rows: images.rows, columns: machine.shape.second, repeating: 0.5))
    for row in 0..<images.rows {
      for pixel in 0..<images.columns where erased[row, pixel] == 1 {
        states.visible[row, pixel] = sigmoid(machine.visibleBias[pixel])
      }
    }
    for _ in 0..<3 {
      states.first = machine.firstField(states)
      states.first.map(sigmoid)
      states.second = machine.secondField(states)
      states.second.map(sigmoid)
      let field = machine.fields(states).visible
      for row in 0..<images.rows {
        for pixel in 0..<images.columns where erased[row, pixel] == 1 {
          states.visible[row, pixel] = sigmoid(field[row, pixel])
        }
      }
    }
    var (right, all) = (0, 0)
    for row in 0..<images.rows {
      for pixel in 0..<images.columns where erased[row, pixel] == 1 {
        all += 1
        if (states.visible[row, pixel] > 0.5) == (images[row, pixel] == 1) { right += 1 }
      }
    }
    return Double(right) / Double(max(all, 1))
  }
}
