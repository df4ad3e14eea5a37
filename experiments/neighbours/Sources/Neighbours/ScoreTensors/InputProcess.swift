/// The Markov model of the inputs: a stationary Gaussian autoregressive process of order one for each input,
/// x_t = φ x_(t-1) + s e_t with s² = 1 - φ², so that each input has variance 1. Its score functions are known.
public struct InputProcess: Sendable {
  /// φ, the correlation of an input with the one before, between -1 and 1.
  public var correlation: Double

  /// A process with this correlation.
  public init(correlation: Double = 0.3) { self.correlation = correlation }

  /// s², the variance of an input given the one before.
  public var innovation: Double { 1 - correlation * correlation }

  /// A sequence, flat by time: length x inputs.
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

  /// Minus the gradient of the log density of a sequence with respect to the input at one time,
  ///
  ///     g_t = [(x_t - φ x_(t-1)) - φ (x_(t+1) - φ x_t)] / s²
  ///
  /// The second term is that of the inputs after t; without `future` the density is that of the sequence up to t.
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

  /// Minus the second derivative of the log density with respect to the input at one time, a multiple of the identity.
  func precision(future: Bool) -> Double {
    (future ? 1 + correlation * correlation : 1) / innovation
  }

  /// Minus the mixed second derivative with respect to inputs at neighbouring times, a multiple of the identity.
  var mixedPrecision: Double { -correlation / innovation }
}
