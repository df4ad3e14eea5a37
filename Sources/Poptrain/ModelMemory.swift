internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import Synchronization

/// Checkpoints as values in memory: only those to which something refers, since the store collects the others.
final class ModelMemory<Model: Sendable>: CheckpointStorage {
  private struct Models {
    var incoming: [String: Model] = [:]
    var published: [String: Model] = [:]
  }

  private let models = Mutex(Models())

  /// The model of a published checkpoint.
  subscript(path: String) -> Model? { models.withLock { $0.published[path] } }

  /// Takes a model that is to be published.
  func save(_ model: Model, to path: String) {
    models.withLock { $0.incoming[path] = model }
  }

  func path(of checkpoint: CheckpointID) -> String { checkpoint.description }

  func begin(_ checkpoint: CheckpointID) -> String { checkpoint.description }

  func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {
    let path = checkpoint.description
    let isThere = models.withLock { models in
      models.published[path] = models.incoming.removeValue(forKey: path)
      return models.published[path] != nil
    }
    guard isThere else { throw .empty(path) }
  }

  func verify(_ checkpoint: CheckpointID) throws(CheckpointError) {
    guard self[checkpoint.description] != nil else { throw .damaged(checkpoint, "it is not in memory") }
  }

  func discard(_ checkpoint: CheckpointID) {
    models.withLock { $0.incoming[checkpoint.description] = nil }
  }

  func remove(_ checkpoint: CheckpointID) {
    models.withLock { $0.published[checkpoint.description] = nil }
  }

  func pointBest(to checkpoint: CheckpointID) {}
}
