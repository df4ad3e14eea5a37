/// A layer of leaky integrate-and-fire neurons (arXiv 2012.08300), for a batch of images:
///
///     p ← α p + q     q ← β q + inputs     r ← γ r + spikes     u = p W / √inputs - r     spikes = [u ≥ 0]
///
/// p and q are the traces of the synapses, r is the trace of the neuron's own spikes. They decay with time constants of
/// 10, 6 and 2 steps. There is no bias, and no gradient flows back in time.
public struct SpikingLayer: Sendable {
  /// p and q (batch x inputs); r, the membrane potential u and the spikes (batch x neurons).
  private(set) var trace, current: Matrix
  private(set) var refractory, potential, spikes: Matrix

  /// A layer at rest.
  public init(batch: Int, inputs: Int, neurons: Int) {
    trace = Matrix(rows: batch, columns: inputs)
    current = trace
    refractory = Matrix(rows: batch, columns: neurons)
    potential = refractory
    spikes = refractory
  }

  /// Advances by one step in time.
  ///
  /// - Parameters:
  ///   - inputs: spikes, batch x inputs.
  ///   - weights: inputs x neurons.
  public mutating func advance(_ inputs: Matrix, weights: Matrix) {
    // exp(-1/10), exp(-1/6) and exp(-1/2).
    trace.combineEights(current) { 0.904_837_4 * $0 + $1 }
    current.combineEights(inputs) { 0.846_481_7 * $0 + $1 }
    refractory.combineEights(spikes) { 0.606_530_7 * $0 + $1 }
    let scale = 1 / Float(weights.rows).squareRoot()
    potential = trace.times(weights)
    potential.combineEights(refractory) { scale * $0 - $1 }
    spikes = potential
    spikes.mapEights { Eight(repeating: 0).replacing(with: 1, where: $0 .>= 0) }
  }
}
