/// Finds out which processes are dead, without a clock that they share: each says a new number now and then.
///
/// A process that trains watches one other, the next by name of those that hold members, so that the number of questions
/// grows only with the number of processes. One that holds nothing has the time to watch them all. A process that is
/// presumed dead while it only slept has lost its members, and finds that out when it comes back; so nothing rests on being
/// right.
struct ProcessWatch {
  /// The time between two beats of a process, in seconds.
  static let beat = 10.0
  /// How long the number of a process must stay the same before it is presumed dead, in seconds.
  static let patience = 60.0

  private struct Reading {
    var count: Int?
    /// When the number was first seen, when it was last seen, and how often.
    var since: Double
    var seen: Double
    var looks = 0
    /// Whether the number was another one before.
    var isAlive = false
  }

  private var readings: [String: Reading] = [:]

  /// The processes to look at now.
  ///
  /// - Parameters:
  ///   - holders: who holds members.
  ///   - me: this process.
  mutating func next(among holders: Set<String>, besides me: String) -> [String] {
    let others = holders.subtracting([me]).sorted()
    let watched = holders.contains(me) ? Array((others.filter { $0 > me } + others).prefix(1)) : others
    readings = readings.filter { watched.contains($0.key) }
    return watched
  }

  /// Takes what a process says at this moment.
  ///
  /// - Parameter now: seconds on a clock of this process that never goes back.
  /// - Returns: whether it is presumed dead.
  mutating func saw(_ process: String, _ count: Int?, at now: Double) -> Bool {
    var reading = readings[process] ?? Reading(count: count, since: now, seen: now)
    // Two looks far apart say nothing of the time between: this process may have slept, and everybody else with it.
    if reading.count != count || now - reading.seen > 2 * ProcessWatch.beat {
      reading = Reading(count: count, since: now, seen: now, isAlive: reading.count != count)
    }
    reading.seen = now
    reading.looks += 1
    readings[process] = reading
    return reading.looks >= 3 && now - reading.since >= ProcessWatch.patience
  }

  /// Whether one of those that are watched was seen to live.
  var isAnyAlive: Bool { readings.values.contains(where: \.isAlive) }

  /// A process has written: it lives.
  mutating func lives(_ process: String) { readings[process] = nil }
}
