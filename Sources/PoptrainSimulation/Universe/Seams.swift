internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainSharedLog
internal import PoptrainStore
internal import PoptrainTrainers

/// Where a defect can be planted: between the code under test and the things that it is given.
struct Seams: Sendable {
  /// Wraps a store that was just opened.
  var store: @Sendable (InMemoryStore, Universe) -> any PopulationStore = { store, _ in store }
  /// Wraps the log that processes share.
  var log: @Sendable (SimulatedLog) -> any EntryLog = { $0 }
  /// Wraps the store of a process that shares a log.
  var joined: @Sendable (LogStore, Universe) -> any PopulationStore = { store, _ in store }
  /// The name on the log of a process, from the number of its place and of its start.
  var name: @Sendable (String) -> String = { $0 }
  /// Wraps the calls on files of the workers and the engine.
  var calls: @Sendable (DiskCalls) -> any FileCalls = { $0 }
  /// Wraps the checkpoints of a worker.
  var checkpoints: @Sendable (CheckpointFolder) -> any CheckpointStorage = { $0 }
  /// Changes what a trainer is given or reports.
  var trainer: @Sendable (SyntheticTrainer) -> any Trainer = { $0 }
  /// The checkpoints that a start keeps.
  var keeps: @Sendable (Set<CheckpointID>) -> Set<CheckpointID> = { $0 }
}
