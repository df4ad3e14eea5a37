/// The constants of the devices of one array, fixed when it is made: they belong to a place, not to a model.
public struct Devices: Sendable, Codable, Equatable {
  /// The weight change of a pulse up and of one down, both positive, and the bounds: outputs x inputs.
  let up, down, low, high: Matrix

  /// Makes devices at random around the values of the settings.
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

  /// Weights cut to what these devices can hold.
  func held(_ weights: Matrix) -> Matrix {
    var result = weights
    result.combine(high) { min($0, $1) }
    result.combine(low) { max($0, $1) }
    return result
  }
}

/// The devices at one place of a machine, for the arrays of a network.
public struct Slot: Sendable, Codable, Equatable {
  /// By array, then by device of a weight.
  let devices: [[Devices]]

  /// The devices of this place: the same each time.
  public init(seed: UInt64, place: Int, shapes: [(outputs: Int, inputs: Int)], _ settings: ArraySettings) {
    var random = NamedStream(seed: seed, "devices of a slot", place)
    devices = shapes.map { shape in
      (0..<settings.devicesPerWeight).map { _ in
        Devices(outputs: shape.outputs, inputs: shape.inputs, settings, random: &random)
      }
    }
  }
}
