import Foundation

/// A network with its layers on resistive arrays.
public protocol AnalogNetwork: Sendable {
  /// The arrays, from input to output.
  var arrays: [AnalogArray] { get set }
  /// The shapes of the arrays. The last input of each is the bias.
  static var shapes: [(outputs: Int, inputs: Int)] { get }
  /// The log odds of the classes for images, one a row.
  func logits(_ images: Matrix, _ settings: ArraySettings, random: inout NamedStream) -> Matrix
  /// A step down the gradient of the cross-entropy for a batch.
  mutating func step(
    _ images: Matrix, labels: [Int], slot: Slot, _ settings: ArraySettings, random: inout NamedStream)
}

extension AnalogNetwork {
  /// Untrained arrays.
  static func fresh(_ settings: ArraySettings, random: inout NamedStream) -> [AnalogArray] {
    shapes.map {
      AnalogArray(
        outputs: $0.outputs, inputs: $0.inputs, devicesPerWeight: settings.devicesPerWeight, random: &random)
    }
  }

  /// Moves the weights to the devices of a slot, and cuts them to the bounds of these devices.
  public mutating func settle(on slot: Slot) {
    for place in arrays.indices { arrays[place].settle(on: slot.devices[place]) }
  }

  /// Trains an epoch, in batches of four.
  public mutating func trainEpoch(
    on part: Digits.Part, slot: Slot, _ settings: ArraySettings, random: inout NamedStream
  ) {
    let order = random.permutation(part.labels.count)
    for start in stride(from: 0, to: order.count, by: 4) {
      let batch = order[start..<min(start + 4, order.count)]
      step(
        part.images.gathered(batch), labels: batch.map { part.labels[$0] }, slot: slot, settings, random: &random)
    }
  }

  /// The mean accuracy of three noisy reads.
  public func accuracy(on part: Digits.Part, _ settings: ArraySettings, random: inout NamedStream) -> Double {
    let right = (0..<3).reduce(0) { total, _ in
      total
        + zip(logits(part.images, settings, random: &random).largestColumns(), part.labels).count { $0 == $1 }
    }
    return Double(right) / Double(3 * part.labels.count)
  }

  /// Minus the gradient of the cross-entropy with respect to the logits.
  static func errors(_ logits: Matrix, _ labels: [Int]) -> Matrix {
    var errors = logits
    errors.softmaxRows()
    errors.map { -$0 }
    for (row, label) in labels.enumerated() { errors[row, label] += 1 }
    return errors
  }
}

extension Matrix {
  /// The matrix with a last column of ones, the inputs of the biases.
  func withOnes() -> Matrix {
    Matrix(rows: rows, columns: columns + 1) { $1 < columns ? self[$0, $1] : 1 }
  }
}

/// A fully connected network of 64 inputs, 32 hidden units with tanh, and 10 outputs.
public struct AnalogPerceptron: AnalogNetwork, Codable, Equatable {
  public var arrays: [AnalogArray]
  public static let shapes = [(outputs: 32, inputs: 65), (outputs: 10, inputs: 33)]

  /// An untrained network.
  public init(_ settings: ArraySettings, random: inout NamedStream) {
    arrays = AnalogPerceptron.fresh(settings, random: &random)
  }

  private func hidden(_ inputs: Matrix, _ settings: ArraySettings, _ random: inout NamedStream) -> Matrix {
    var hidden = arrays[0].forward(inputs, settings, random: &random)
    hidden.map { tanh($0) }
    return hidden
  }

  public func logits(_ images: Matrix, _ settings: ArraySettings, random: inout NamedStream) -> Matrix {
    arrays[1].forward(hidden(images.withOnes(), settings, &random).withOnes(), settings, random: &random)
  }

  public mutating func step(
    _ images: Matrix, labels: [Int], slot: Slot, _ settings: ArraySettings, random: inout NamedStream
  ) {
    let inputs = images.withOnes()
    let hidden = hidden(inputs, settings, &random)
    let above = hidden.withOnes()
    let errors = AnalogPerceptron.errors(arrays[1].forward(above, settings, random: &random), labels)
    let back = arrays[1].backward(errors, settings, random: &random)
    let hiddenErrors = Matrix(rows: hidden.rows, columns: hidden.columns) {
      back[$0, $1] * (1 - hidden[$0, $1] * hidden[$0, $1])
    }
    arrays[1].update(inputs: above, errors: errors, devices: slot.devices[1], settings, random: &random)
    arrays[0].update(inputs: inputs, errors: hiddenErrors, devices: slot.devices[0], settings, random: &random)
  }
}
