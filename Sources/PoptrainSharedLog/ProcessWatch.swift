/// Finds out which processes are dead, without a clock that they share: each says a new number now and then.
///
/// Every process watches one other, the next by name of those that hold members, so that each is watched by one and the
/// number of questions grows only with the number of processes. A process that is presumed dead while it only slept has
/// lost its members, and finds that out when it comes back; so nothing rests on being right.
struct ProcessWatch {
  /// The time between two beats of a process, in seconds.
  static let beat = 10.0
  /// How long the number of a process must stay the same before it is presumed dead, in seconds.
  static let patience = 60.0

  /// The processes that are presumed dead.
  private(set) var dead: Set<String> = []
  private var watched: String?
  private var count: Int?
  /// When the present number was first seen, when it was last seen, and how often.
  private var since = 0.0
  private var seen = 0.0
  private var looks = 0

  /// The process to look at next; none where nobody else holds members.
  ///
  /// - Parameters:
  ///   - holders: who holds members.
  ///   - me: this process, which holds none for itself.
  mutating func next(among holders: Set<String>, besides me: String) -> String? {
    dead.formIntersection(holders)
    let others = holders.subtracting(dead).subtracting([me]).sorted()
    let next = others.first { $0 > me } ?? others.first
    if next != watched { (watched, looks) = (next, 0) }
    return next
  }

  /// Takes what the watched process says at this moment.
  ///
  /// - Parameter now: seconds on a clock of this process that never goes back.
  /// - Returns: whether it is presumed dead now.
  mutating func saw(_ count: Int?, at now: Double) -> Bool {
    // Two looks far apart say nothing of the time between: this process may have slept, and everybody else with it.
    if looks == 0 || count != self.count || now - seen > 2 * ProcessWatch.beat {
      (self.count, since, looks) = (count, now, 0)
    }
    seen = now
    looks += 1
    guard let watched, looks >= 3, now - since >= ProcessWatch.patience else { return false }
    dead.insert(watched)
    return true
  }

  /// A process has written: it lives.
  mutating func lives(_ process: String) {
    dead.remove(process)
    if process == watched { looks = 0 }
  }
}
