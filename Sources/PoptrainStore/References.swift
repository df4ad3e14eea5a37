internal import PopulationBasedTraining

/// How many members, leases and best intervals refer to each checkpoint.
struct References {
  private var counts: [CheckpointID: Int] = [:]
  private var unreferenced: Set<CheckpointID> = []

  mutating func add(_ checkpoints: [CheckpointID?]) {
    for case let checkpoint? in checkpoints {
      counts[checkpoint, default: 0] += 1
      unreferenced.remove(checkpoint)
    }
  }

  mutating func remove(_ checkpoints: [CheckpointID?]) {
    for case let checkpoint? in checkpoints {
      guard let count = counts[checkpoint] else { continue }
      counts[checkpoint] = count > 1 ? count - 1 : nil
      if count == 1 { unreferenced.insert(checkpoint) }
    }
  }

  /// Takes note of a checkpoint that exists, whether anything refers to it or not.
  mutating func note(_ checkpoint: CheckpointID) {
    if counts[checkpoint] == nil { unreferenced.insert(checkpoint) }
  }

  /// The checkpoints to which nothing refers any more, each told once.
  mutating func takeUnreferenced() -> [CheckpointID] {
    defer { unreferenced = [] }
    return unreferenced.sorted()
  }
}
