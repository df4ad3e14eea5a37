package import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainStore

/// Keeps `best` at the best checkpoint that the store has recorded: one for all workers, so that it happens in order.
package actor Housekeeper {
  private let checkpoints: any CheckpointStorage
  private var sequence = 0
  /// What `best` is to point at, and what it does.
  private var newest: CheckpointID?
  private var best: CheckpointID?

  /// Takes the checkpoints of the run.
  package init(checkpoints: any CheckpointStorage) {
    self.checkpoints = checkpoints
  }

  /// Points `best` at the best checkpoint. Once this returns, collected checkpoints may be removed.
  func tidy(after completion: Completion) throws(CheckpointError) {
    if completion.sequence > sequence {
      sequence = completion.sequence
      newest = completion.best
    }
    do { try pointBest() } catch CheckpointError.diskFull { /* The next completion, or the next start, mends it. */  }
  }

  private func pointBest() throws(CheckpointError) {
    guard let newest, newest != best else { return }
    try checkpoints.pointBest(to: newest)
    best = newest
  }
}
