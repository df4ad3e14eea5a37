import Foundation

/// A convolutional network on arrays (arXiv 1705.08014). A row of an array holds a kernel, and each patch of
/// the image is one read and one pulsed update.
///
/// Its layers are 8 kernels of 3 by 3 (array 8 x 10) with tanh, the maximum over 2 by 2, 16 kernels of 2 by 2 (array 16
/// x 33) with tanh, and a fully connected layer (array 10 x 65).
public struct AnalogConvolution: AnalogNetwork, Codable, Equatable {
  public var arrays: [AnalogArray]
  public static let shapes = [(outputs: 8, inputs: 10), (outputs: 16, inputs: 33), (outputs: 10, inputs: 65)]

  /// An untrained network.
  public init(_ settings: ArraySettings, random: inout NamedStream) {
    arrays = AnalogConvolution.fresh(settings, random: &random)
  }

  /// The activations of a forward pass, which the backward pass needs.
  private struct Pass {
    /// The inputs of each array: a row for each patch, or for each image.
    var inputs: [Matrix] = []
    /// The outputs of both convolutions after tanh, a row for each patch.
    var maps: [Matrix] = []
    /// For each pooled value (image, place, kernel), the patch with the maximum.
    var origins: [Int] = []
    var logits = Matrix(rows: 0, columns: 0)
  }

  private func pass(_ images: Matrix, _ settings: ArraySettings, _ random: inout NamedStream) -> Pass {
    var pass = Pass()
    let count = images.rows
    // Patch (y, x) of 6 x 6, pixel (dy, dx) of 3 x 3.
    let patches = Matrix(rows: count * 36, columns: 10) { row, column in
      guard column < 9 else { return 1 }
      let (image, y, x) = (row / 36, row % 36 / 6, row % 6)
      return images[image, (y + column / 3) * 8 + x + column % 3]
    }
    var first = arrays[0].forward(patches, settings, random: &random)
    first.map { tanh($0) }

    var pooled = Matrix(rows: count * 9, columns: 8)
    pass.origins = [Int](repeating: 0, count: count * 72)
    for row in 0..<count * 9 {
      let (image, y, x) = (row / 9, row % 9 / 3, row % 3)
      let corner = image * 36 + 2 * y * 6 + 2 * x
      for kernel in 0..<8 {
        var best = corner
        for other in [corner + 1, corner + 6, corner + 7] where first[other, kernel] > first[best, kernel] {
          best = other
        }
        pooled[row, kernel] = first[best, kernel]
        pass.origins[row * 8 + kernel] = best
      }
    }
    // Patch (y, x) of 2 x 2, place (dy, dx) of 2 x 2, kernel.
    let second = Matrix(rows: count * 4, columns: 33) { row, column in
      guard column < 32 else { return 1 }
      return pooled[AnalogConvolution.pooledRow(row, column), column % 8]
    }
    var maps = arrays[1].forward(second, settings, random: &random)
    maps.map { tanh($0) }
    let flat = Matrix(rows: count, columns: 65) { row, column in
      column < 64 ? maps[row * 4 + column / 16, column % 16] : 1
    }
    pass.inputs = [patches, second, flat]
    pass.maps = [first, maps]
    pass.logits = arrays[2].forward(flat, settings, random: &random)
    return pass
  }

  private static func pooledRow(_ row: Int, _ column: Int) -> Int {
    let (image, y, x) = (row / 4, row % 4 / 2, row % 2)
    let (dy, dx) = (column / 16, column / 8 % 2)
    return image * 9 + (y + dy) * 3 + x + dx
  }

  public func logits(_ images: Matrix, _ settings: ArraySettings, random: inout NamedStream) -> Matrix {
    pass(images, settings, &random).logits
  }

  public mutating func step(
    _ images: Matrix, labels: [Int], slot: Slot, _ settings: ArraySettings, random: inout NamedStream
  ) {
    let pass = pass(images, settings, &random)
    let errors = AnalogConvolution.errors(pass.logits, labels)
    let back = arrays[2].backward(errors, settings, random: &random)
    let (first, second) = (pass.maps[0], pass.maps[1])
    let secondErrors = Matrix(rows: second.rows, columns: 16) { row, kernel in
      back[row / 4, row % 4 * 16 + kernel] * (1 - second[row, kernel] * second[row, kernel])
    }
    let below = arrays[1].backward(secondErrors, settings, random: &random)
    var firstErrors = Matrix(rows: first.rows, columns: 8)
    for row in 0..<below.rows {
      for column in 0..<32 {
        let kernel = column % 8
        let origin = pass.origins[AnalogConvolution.pooledRow(row, column) * 8 + kernel]
        firstErrors[origin, kernel] += below[row, column] * (1 - first[origin, kernel] * first[origin, kernel])
      }
    }
    for (place, errors) in [firstErrors, secondErrors, errors].enumerated() {
      arrays[place].update(
        inputs: pass.inputs[place], errors: errors, devices: slot.devices[place], settings, random: &random)
    }
  }
}
