import Foundation

/// The task: estimate a recurrent network, the teacher, from its inputs and outputs.
public struct TeacherTask: Sendable {
  /// The network to be estimated.
  public let teacher: RecurrentNetwork
  /// The process of the inputs, with φ = 0.3.
  public let process = InputProcess()
  /// The standard deviation of the noise in each output.
  public let noise = 0.1
  /// The number of samples in a block, the sequence that a step of training adds.
  public static let blockLength = 3000
  private let seed: UInt64
  private let heldOutInputs: [Double]
  private let heldOutOutputs: [Double]

  /// The task with the teacher of this seed.
  public init(seed: UInt64, shape: RecurrentNetwork.Shape = .init()) {
    self.seed = seed
    var random = NamedStream(seed: seed, "teacher")
    teacher = RecurrentNetwork(shape: shape, random: &random)
    var heldOut = NamedStream(seed: seed, "held-out inputs")
    heldOutInputs = process.sequence(length: 4000, inputs: shape.inputs, random: &heldOut)
    heldOutOutputs = teacher.outputs(for: heldOutInputs)
  }

  /// A sequence of inputs with noisy outputs of the teacher, both flat by time.
  public func block(_ random: inout NamedStream, length: Int = blockLength) -> (inputs: [Double], targets: [Double]) {
    let inputs = process.sequence(length: length, inputs: teacher.shape.inputs, random: &random)
    let targets = teacher.outputs(for: inputs).map { $0 + noise * random.normal() }
    return (inputs, targets)
  }

  /// The mean squared error per output on held-out inputs, beyond that of the noise. It is measured against the
  /// teacher's expected outputs: with noisy outputs it would have the same expectation and more variance.
  public func excessError(of network: RecurrentNetwork) -> Double {
    let found = network.outputs(for: heldOutInputs)
    return zip(found, heldOutOutputs).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(found.count)
  }

  /// The variance of the teacher's expected outputs, the mean over outputs: the error of the best constant.
  public var signalVariance: Double {
    let outputs = teacher.shape.outputs
    return (0..<outputs).reduce(0) { total, k in
      let column = stride(from: k, to: heldOutOutputs.count, by: outputs).map { heldOutOutputs[$0] }
      let mean = column.reduce(0, +) / Double(column.count)
      return total + column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
    } / Double(outputs)
  }

  /// The errors of an estimate.
  public struct Errors: Sendable {
    /// The largest relative error of a row of A1.
    public var inputWeights: Double
    /// The relative error of A2, and that of U.
    public var outputWeights, recurrentWeights: Double
    /// The excess error of the predictions.
    public var excess: Double

    /// The metric that selection compares: minus the decimal logarithm of the excess error.
    public var score: Double { -log10(max(excess, 1e-12)) }
  }

  /// Compares a network with the teacher.
  public func errors(of network: RecurrentNetwork) -> Errors {
    let (width, outputs) = (teacher.shape.inputs, teacher.shape.outputs)
    let matching = Matching(network.inputWeights, to: teacher.inputWeights, width: width)
    return Errors(
      inputWeights: matching.worstRowError(network.inputWeights, teacher.inputWeights, width: width),
      outputWeights: matching.outputError(network.outputWeights, teacher.outputWeights, width: outputs),
      recurrentWeights: matching.recurrentError(network.recurrentWeights, teacher.recurrentWeights),
      excess: excessError(of: network))
  }
}
