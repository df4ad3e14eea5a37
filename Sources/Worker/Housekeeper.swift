public import Checkpoints
internal import PopulationBasedTraining
internal import Store

/// Brings the files of a run in line with what the store has recorded: one for all workers, so that it happens in order.
public actor Housekeeper {
  private let checkpoints: any CheckpointStorage
  private var sequence = 0
  private var best: CheckpointID?

  /// Takes the checkpoints of the run.
  public init(checkpoints: any CheckpointStorage) {
    self.checkpoints = checkpoints
  }

  /// Points `best` at the best checkpoint, then removes those that were collected.
  func tidy(after completion: Completion) throws(CheckpointError) {
    if completion.sequence > sequence {
      sequence = completion.sequence
      if let newBest = completion.best, newBest != best {
        try checkpoints.pointBest(to: newBest)
        best = newBest
      }
    }
    // What cannot be removed now is removed by the next start.
    for checkpoint in completion.collected { try? checkpoints.remove(checkpoint) }
  }
}
