internal import PopulationBasedTraining

/// What a seed decides in a simulation.
///
/// One stream for everything, since the same seed draws in the same order.
final class Chance: Sendable {
  private let stream: OneThread<RandomStream>

  /// Opens the stream of a seed and a purpose at its beginning.
  init(seed: UInt64, purpose: String) {
    stream = OneThread(RandomStream(seed: seed, member: 0, ordinal: 0, purpose: purpose))
  }

  /// True with this probability.
  func happens(_ probability: Double) -> Bool { probability > 0 && stream.value.chance(probability) }

  /// An integer of a range.
  func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + stream.value.integer(below: range.upperBound - range.lowerBound + 1)
  }

  /// A real number of a range.
  func number(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + stream.value.unit() * (range.upperBound - range.lowerBound)
  }

  /// One of several.
  func one<Element>(of elements: [Element]) -> Element { elements[stream.value.integer(below: elements.count)] }

  /// 64 random bits.
  func bits() -> UInt64 { stream.value.bits() }
}
