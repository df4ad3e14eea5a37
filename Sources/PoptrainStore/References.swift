internal import PopulationBasedTraining

/// How many members, leases and best intervals refer to each checkpoint, and which are kept besides.
struct References {
  private var counts: [CheckpointID: Int] = [:]
  private var unreferenced: Set<CheckpointID> = []
  private var retention: Rules.Retention
  /// The checkpoints that exist, of each member in the order in which it trained them.
  private var trained: [Member.ID: [CheckpointID]] = [:]
  private var trainers: [CheckpointID: Member.ID] = [:]

  init(_ retention: Rules.Retention) {
    self.retention = retention
  }

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

  /// Takes note of a checkpoint that a member has trained, whether anything refers to it or not.
  mutating func note(_ checkpoint: CheckpointID, of member: Member.ID) {
    if counts[checkpoint] == nil { unreferenced.insert(checkpoint) }
    trained[member, default: []].append(checkpoint)
    trainers[checkpoint] = member
    switch retention {
    case .needed: break
    case .last(let count):
      add([checkpoint])
      remove([trained[member, default: []].dropLast(count).last])
    case .all: add([checkpoint])
    }
  }

  /// Takes note that a checkpoint was collected by another ledger of the same population.
  mutating func forget(_ checkpoint: CheckpointID) {
    unreferenced.remove(checkpoint)
    if let member = trainers.removeValue(forKey: checkpoint) { trained[member]?.removeAll { $0 == checkpoint } }
  }

  /// Keeps others from now on.
  mutating func retain(_ retention: Rules.Retention) {
    for checkpoints in trained.values {
      add(retention.kept(of: checkpoints))
      remove(self.retention.kept(of: checkpoints))
    }
    self.retention = retention
  }

  /// The checkpoints to which nothing refers any more, each told once.
  mutating func takeUnreferenced() -> [CheckpointID] {
    defer { unreferenced = [] }
    for member in Set(unreferenced.compactMap { trainers.removeValue(forKey: $0) }) {
      trained[member]?.removeAll(where: unreferenced.contains)
    }
    return unreferenced.sorted()
  }
}

extension Rules.Retention {
  /// Those of a member's checkpoints, the latest last, that are kept though nothing may refer to them.
  fileprivate func kept(of checkpoints: [CheckpointID]) -> [CheckpointID] {
    switch self {
    case .needed: []
    case .last(let count): Array(checkpoints.suffix(count))
    case .all: checkpoints
    }
  }
}
