internal import PopulationBasedTraining

/// Reads `stop`: when a run ends before every member has trained its budget.
struct StopReader {
  static let keys = ["target", "stagnation", "wall_clock"]

  /// What the scores tell, and how long the run may take.
  func stop(_ item: Item) -> (scores: Rules.Stop, wallClock: Duration?)? {
    guard let section = Section(item, known: Self.keys, kind: "a key of `stop`", prefix: "stop.") else { return nil }
    let target = section["target"].flatMap { $0.number() }
    let stagnation = section["stagnation"].flatMap { $0.integer(from: 1, to: 1 << 40) }
    let wallClock = section["wall_clock"].flatMap { $0.duration(from: .milliseconds(1)) }
    return (Rules.Stop(target: target, stagnation: stagnation), wallClock)
  }
}
