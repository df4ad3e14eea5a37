internal import Synchronization

/// How many pages may listen at the same time.
final class StreamLimit: Sendable {
  /// A place among them, until it is forgotten.
  final class Place: Sendable {
    private let limit: StreamLimit

    fileprivate init(_ limit: StreamLimit) { self.limit = limit }

    deinit { limit.taken.withLock { $0 -= 1 } }
  }

  let limit: Int
  private let taken = Mutex(0)

  init(_ limit: Int) { self.limit = limit }

  /// A place; none where all are taken.
  func take() -> Place? {
    let isFree = taken.withLock { taken in
      guard taken < limit else { return false }
      taken += 1
      return true
    }
    return isFree ? Place(self) : nil
  }
}
