internal import Glibc

/// A value that the parts of one simulation share without a lock.
///
/// Proof for `@unchecked Sendable`: only the thread that made it uses it, and debug builds check that at each use.
/// ``Simulation/run(trace:)`` and ``SharedCluster/run(seed:)`` make all that a simulation shares. Everything after that is a
/// task of a simulated process or a timer, and the ``Scheduler`` runs those on the same thread, one after the other.
@dynamicMemberLookup
final class OneThread<Value>: @unchecked Sendable {
  private var content: Value
  private let thread = pthread_self()

  init(_ value: Value) {
    content = value
  }

  // `_modify` changes it in place, where `set` would copy a whole array or dictionary.
  var value: Value {
    get {
      assert(thread == pthread_self())
      return content
    }
    _modify {
      assert(thread == pthread_self())
      yield &content
    }
  }

  /// A property of the value.
  subscript<Member>(dynamicMember path: WritableKeyPath<Value, Member>) -> Member {
    get { value[keyPath: path] }
    _modify { yield &value[keyPath: path] }
  }
}
