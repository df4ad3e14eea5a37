/// A part of the population that selects within itself: an island, or one of several speeds (Doulazmi et al. 2025,
/// MF-PBT). Members belong to them in the order of their ids.
public struct Subpopulation: Hashable, Sendable {
  /// How many members it has.
  public var size: Int
  /// A member decides at every n-th moment at which it is eligible; at the others it only publishes.
  public var intervals: Int

  /// Describes a part of the population.
  public init(size: Int, intervals: Int = 1) {
    self.size = size
    self.intervals = intervals
  }
}

extension Rules {
  /// How many parts select within themselves.
  public var subpopulationCount: Int { max(1, subpopulations.count) }

  /// The part to which a member belongs, from 0. Members that joined later are dealt out in turn.
  public func subpopulation(of member: Member.ID) -> Int {
    var first = 0
    for (index, subpopulation) in subpopulations.enumerated() {
      first += subpopulation.size
      if member < first { return index }
    }
    return subpopulations.isEmpty ? 0 : (member - first) % subpopulations.count
  }
}
