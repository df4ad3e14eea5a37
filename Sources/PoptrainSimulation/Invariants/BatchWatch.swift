internal import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainTrainers

/// What is promised of members that are trained at once: no more than the trainer takes, all of one kind and length, and
/// nobody is charged for a process that died with others in it.
struct BatchWatch {
  /// With how many the interval that is to save a checkpoint was last trained at once.
  private var sizes: [CheckpointID: Int] = [:]

  mutating func begin(_ batch: [Assignment], capacity: Int) throws(Violation) {
    guard batch.count <= capacity, Set(batch.map { "\($0.kind) \($0.ages.count)" }).count == 1,
      Set(batch.map(\.member)).count == batch.count
    else {
      throw Violation(
        invariant: "I6", message: "a trainer of \(capacity) was given \(batch.map(\.id).joined(separator: ", "))")
    }
    for assignment in batch { sizes[CheckpointID(assignment.id)] = batch.count }
  }

  /// A store has taken a failed attempt.
  func failed(_ lease: Lease, because reason: String) throws(Violation) {
    guard ["exited", "hung"].contains(reason), let size = sizes[lease.end], size > 1 else { return }
    throw Violation(
      invariant: "I8", message: "member \(lease.member) was charged for a process that had \(size) members in it")
  }
}
