/// A Gaussian autoregressive process of order one, x_t = phi x_(t-1) + s e_t with s² = 1 - phi², so that every input
/// has variance 1: the Markov model of the input whose score functions are known.
public struct InputProcess: Sendable {
  /// The correlation of an input with the one before.
  public var correlation: Double

  /// A process with this correlation between neighbours in time.
  public init(correlation: Double = 0.3) { self.correlation = correlation }

  /// s², the variance of what is new in an input.
  public var innovation: Double { 1 - correlation * correlation }

  /// A stationary sequence, flat by time.
  public func sequence(length: Int, inputs: Int, random: inout NamedStream) -> [Double] {
    let scale = innovation.squareRoot()
    var values = [Double](repeating: 0, count: length * inputs)
    var place = 0
    while place < values.count {
      let (first, second) = random.normals()
      values[place] = first
      if place + 1 < values.count { values[place + 1] = second }
      place += 2
    }
    for place in inputs..<max(values.count, inputs) {
      values[place] = correlation * values[place - inputs] + scale * values[place]
    }
    return values
  }

  /// Minus the gradient of the log density of a whole sequence by the input at one time,
  ///
  ///     g_t = [(x_t - phi x_(t-1)) - phi (x_(t+1) - phi x_t)] / s²
  ///
  /// where `future` counts, and without the second term for the density of the sequence up to t.
  @inline(__always)
  func gradient(
    _ inputs: UnsafeBufferPointer<Double>, at time: Int, width: Int, future: Bool,
    into result: UnsafeMutableBufferPointer<Float>
  ) {
    let (phi, scale, here) = (correlation, 1 / innovation, time * width)
    for k in 0..<width {
      let x = inputs[here + k]
      var value = x - phi * inputs[here - width + k]
      if future { value -= phi * (inputs[here + width + k] - phi * x) }
      result[k] = Float(value * scale)
    }
  }

  /// Minus the second derivative of the log density by one input, a multiple of the identity.
  func precision(future: Bool) -> Double {
    (future ? 1 + correlation * correlation : 1) / innovation
  }

  /// Minus the mixed second derivative by two inputs that are neighbours in time, a multiple of the identity.
  var mixedPrecision: Double { -correlation / innovation }
}
