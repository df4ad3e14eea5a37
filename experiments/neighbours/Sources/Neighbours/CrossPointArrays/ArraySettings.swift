/// What a resistive cross-point array is like, and how it is driven (arXiv 1705.08014; values of the devices as in
/// Gokmen and Vlasov, Front. Neurosci. 2016, table 1, as far as they say nothing else).
public struct ArraySettings: Sendable, Equatable {
  /// σ, the standard deviation of the noise in an output of a read, in units of an input of 1 times a weight of 1.
  public var readNoise: Double = 0.2
  /// α, the largest output that the converters can tell. The paper has 12 for arrays of hundreds of lines.
  public var outputBound: Double = 4
  /// The mean weight change of a pulse.
  public var pulseStep: Double = 0.002
  /// How much devices differ in their step, in the step of one pulse from the next, and in their bound, relative.
  public var stepVariation = 0.3, pulseVariation = 0.3, boundVariation = 0.3
  /// How much up and down steps of one device differ, relative to the mean step.
  public var asymmetry = 0.05
  /// The largest weight, on average.
  public var weightBound = 0.6
  /// The devices that make one weight: their mean is read.
  public var devicesPerWeight = 1
  /// Whether reads are exact, and updates products: floating point, the bound of what arrays can do.
  public var isDigital = false

  /// Noise management: each vector is divided by its largest value before a backward read, and multiplied by it after.
  public var managesNoise = true
  /// Bound management: a forward read in which an output reached the bound is repeated with half the inputs, in all
  /// this often at most; 1 is without.
  public var reads = 5
  /// Update management: both lines fire at similar rates, and trains are only as long as the update needs.
  public var managesUpdates = true

  /// The learning rate.
  public var rate = 0.02
  /// Inputs are divided by so many times their largest value: above 1 they use less of the range, below they are cut.
  public var inputScale = 1.0
  /// The largest number of pulses in a train, 1 to 64.
  public var pulses = 31

  /// The settings of the task: small arrays, so a small bound and more noise.
  public init() {}
}
