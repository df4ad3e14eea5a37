/// The properties of a resistive cross-point array, and the way it is driven (arXiv 1705.08014; Gokmen and Vlasov,
/// "Acceleration of deep neural network training with resistive cross-point devices", Front. Neurosci. 2016).
///
/// The defaults are for the small arrays of the tasks. IBM/aihwkit has a bound of 12 and noise of 0.06.
public struct ArraySettings: Sendable {
  /// σ, the standard deviation of the noise in an output of a read. The unit is the output of an input of 1 and a
  /// weight of 1.
  public var readNoise: Double = 0.2
  /// α, the bound at which converters cut an output, in the same unit.
  public var outputBound: Double = 4
  /// The mean weight change of a pulse, above 0.
  public var pulseStep: Double = 0.002
  /// The standard deviations of the step between devices, of the step between pulses of a device, and of the bounds
  /// between devices, relative to their means.
  public var stepVariation = 0.3, pulseVariation = 0.3, boundVariation = 0.3
  /// The standard deviation, between devices, of half the difference of up and down step, relative to the mean step.
  public var asymmetry = 0.05
  /// The mean bound of a weight, on both sides.
  public var weightBound = 0.6
  /// The number of devices of a weight, at least 1. Their mean is read.
  public var devicesPerWeight = 1
  /// Whether reads and updates are exact, in floating point: the upper bound for arrays.
  public var isDigital = false

  /// Noise management: before a backward read, a vector is divided by its largest value, and the result is multiplied
  /// by it. Forward reads always do this.
  public var managesNoise = true
  /// Bound management: a forward read in which an output was cut is repeated with half the inputs. This is the largest
  /// number of reads; 1 is without bound management.
  public var reads = 5
  /// Update management: input and output lines fire at similar rates, and a train is no longer than an update needs.
  public var managesUpdates = true

  /// The learning rate.
  public var rate = 0.02
  /// The factor of the largest input by which inputs are divided in a forward read. Above 1 they use less of the range
  /// of the converters, below 1 they are cut.
  public var inputScale = 1.0
  /// The largest length of a train of pulses, 1 to 64.
  public var pulses = 31

  /// The settings of the tasks.
  public init() {}
}
