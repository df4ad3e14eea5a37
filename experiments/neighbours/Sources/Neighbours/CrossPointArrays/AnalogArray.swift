/// The weights of a layer on a resistive array, outputs x inputs, with the bias as the last input. A weight may be the
/// mean of several devices.
public struct AnalogArray: Sendable, Codable, Equatable {
  /// The weights of the devices: a matrix for each device of a weight.
  public internal(set) var copies: [Matrix]
  /// The mean of the devices, which a read sees.
  public private(set) var mean: Matrix

  /// Random weights, uniform within ±1 / √inputs and the same on all devices of a weight.
  public init(outputs: Int, inputs: Int, devicesPerWeight: Int, random: inout NamedStream) {
    let scale = 1 / Float(inputs).squareRoot()
    let weights = Matrix(rows: outputs, columns: inputs) { _, _ in scale * (2 * random.unitFloat() - 1) }
    copies = [Matrix](repeating: weights, count: devicesPerWeight)
    mean = weights
  }

  /// Moves the weights to other devices, and cuts them to their bounds.
  mutating func settle(on devices: [Devices]) {
    for (place, device) in devices.enumerated() where place < copies.count {
      copies[place] = device.held(copies[place])
    }
    takeMean()
  }

  /// Updates the mean.
  mutating func takeMean() {
    mean = copies[0]
    for copy in copies.dropFirst() { mean.combine(copy) { $0 + $1 } }
    let share = 1 / Float(copies.count)
    if copies.count > 1 { mean.map { share * $0 } }
  }

  /// A forward read: inputs (batch x inputs) times the transposed weights, batch x outputs.
  public func forward(_ inputs: Matrix, _ settings: ArraySettings, random: inout NamedStream) -> Matrix {
    let weights = mean.transposed()
    guard !settings.isDigital else { return inputs.times(weights) }
    var scales = AnalogArray.largest(inputs).map { $0 * Float(settings.inputScale) }
    var (outputs, isCut) = AnalogArray.read(inputs, weights, scales, settings, &random)
    for _ in 1..<max(settings.reads, 1) {
      let again = isCut.indices.filter { isCut[$0] }
      if again.isEmpty { break }
      for row in again { scales[row] *= 2 }
      let (repeated, stillCut) = AnalogArray.read(
        inputs.gathered(again), weights, again.map { scales[$0] }, settings, &random)
      for (place, row) in again.enumerated() {
        for column in 0..<outputs.columns { outputs[row, column] = repeated[place, column] }
        isCut[row] = stillCut[place]
      }
    }
    return outputs
  }

  /// A backward read: errors (batch x outputs) times the weights, batch x inputs.
  public func backward(_ errors: Matrix, _ settings: ArraySettings, random: inout NamedStream) -> Matrix {
    guard !settings.isDigital else { return errors.times(mean) }
    let scales =
      settings.managesNoise
      ? AnalogArray.largest(errors) : [Float](repeating: 1, count: errors.rows)
    return AnalogArray.read(errors, mean, scales, settings, &random).outputs
  }

  /// The largest absolute value of each row.
  static func largest(_ matrix: Matrix) -> [Float] {
    (0..<matrix.rows).map { row in matrix.row(row).reduce(0) { max($0, abs($1)) } }
  }

  /// A read, with converters of 7 bits for inputs and 9 bits for outputs (arXiv 1705.08014; IBM/aihwkit,
  /// `rpu_forward_backward_pass.cpp`):
  ///
  ///     v = cut(round(x / scale), ±1)      q = cut(round(v W + σ noise), ±α)      y = scale q
  ///
  /// Inputs are rounded to steps of 1 / 63, outputs to steps of 2α / 510.
  ///
  /// - Returns: the outputs, and for each row whether an output was cut. A row of scale 0 gives zeros.
  private static func read(
    _ inputs: Matrix, _ weights: Matrix, _ scales: [Float], _ settings: ArraySettings, _ random: inout NamedStream
  ) -> (outputs: Matrix, isCut: [Bool]) {
    let inputSteps: Float = 63
    var voltages = inputs
    for row in 0..<inputs.rows {
      // Infinite where the scale is 0, or so small that its inverse is no number.
      let inverse = inputSteps / scales[row]
      let factor = inverse.isFinite ? inverse : 0
      for column in 0..<inputs.columns {
        let level = min(max(inputs[row, column] * factor, -inputSteps), inputSteps)
        voltages[row, column] = nearest(level) / inputSteps
      }
    }
    var outputs = voltages.times(weights)
    let (noise, bound) = (Float(settings.readNoise), Float(settings.outputBound))
    let outputStep = 2 * bound / 510
    var isCut = [Bool](repeating: false, count: inputs.rows)
    for row in 0..<outputs.rows {
      var spare: Float?
      for column in 0..<outputs.columns {
        let normal: Float
        if let kept = spare {
          normal = kept
          spare = nil
        } else {
          let (first, second) = random.normals()
          (normal, spare) = (Float(first), Float(second))
        }
        var value = outputStep * nearest((outputs[row, column] + noise * normal) / outputStep)
        if abs(value) >= bound {
          value = value < 0 ? -bound : bound
          isCut[row] = true
        }
        outputs[row, column] = scales[row] * value
      }
    }
    return (outputs, isCut)
  }
}

/// The nearest integer to a number below four million: adding and subtracting 1.5 * 2^23 rounds.
@inline(__always)
private func nearest(_ x: Float) -> Float { (x + 12_582_912) - 12_582_912 }
