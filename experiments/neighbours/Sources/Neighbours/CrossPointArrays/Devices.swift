/// The devices of one array. Their constants are fixed when the array is made, and belong to the array, not to a model
/// (IBM/aihwkit, `rpu_constantstep_device.cpp`):
///
///     up, down = step (1 + N(stepVariation) ± N(asymmetry))      bounds = ±weightBound (1 + N(boundVariation))
public struct Devices: Sendable, Equatable {
  /// The weight change of a pulse up and of one down, both positive, and the bounds: outputs x inputs.
  let up, down, low, high: Matrix

  /// Random devices around the values of the settings.
  public init(outputs: Int, inputs: Int, _ settings: ArraySettings, random: inout NamedStream) {
    func around(_ mean: Double, _ deviation: Double) -> Float { Float(mean + deviation * random.normal()) }
    let gain = Matrix(rows: outputs, columns: inputs) { _, _ in around(1, settings.stepVariation) }
    let skew = Matrix(rows: outputs, columns: inputs) { _, _ in around(0, settings.asymmetry) }
    let step = Float(settings.pulseStep)
    up = Matrix(rows: outputs, columns: inputs) { max(step * (gain[$0, $1] + skew[$0, $1]), 0) }
    down = Matrix(rows: outputs, columns: inputs) { max(step * (gain[$0, $1] - skew[$0, $1]), 0) }
    let bound = settings.weightBound
    high = Matrix(rows: outputs, columns: inputs) { _, _ in max(around(bound, bound * settings.boundVariation), 0) }
    low = Matrix(rows: outputs, columns: inputs) { _, _ in min(around(-bound, bound * settings.boundVariation), 0) }
  }

  /// Weights cut to the bounds of these devices.
  func held(_ weights: Matrix) -> Matrix {
    var result = weights
    result.combine(high) { min($0, $1) }
    result.combine(low) { max($0, $1) }
    return result
  }
}

/// The devices at one place of a machine, for all arrays of a network.
public struct Slot: Sendable, Equatable {
  /// The devices by array, then by device of a weight.
  let devices: [[Devices]]

  /// The devices of a place, the same for the same seed and place.
  public init(seed: UInt64, place: Int, shapes: [(outputs: Int, inputs: Int)], _ settings: ArraySettings) {
    var random = NamedStream(seed: seed, "devices of a slot", place)
    devices = shapes.map { shape in
      (0..<settings.devicesPerWeight).map { _ in
        Devices(outputs: shape.outputs, inputs: shape.inputs, settings, random: &random)
      }
    }
  }
}
