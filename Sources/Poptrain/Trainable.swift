/// A model that a population of this process can train: the paper's `step` and `eval`.
///
/// It is a value: a member that copies another gets a copy of it. Training and evaluating may take as long as they
/// like, and block; each worker has a thread of its own for them.
public protocol Trainable: Sendable {
  /// Trains the steps of an interval, under its hyperparameters.
  ///
  /// What it throws is recorded, and the interval repeated or given up. To throw ``InvalidHyperparameters`` gives it up
  /// at once.
  mutating func train(_ interval: TrainingInterval) async throws

  /// Measures the model, without changing it. The metrics by name; the one that selection compares must be among them.
  func evaluate(_ interval: TrainingInterval) async throws -> [String: Double]
}

/// A model that can also be kept in a folder, so that a program that was killed goes on from there.
public protocol Savable: Trainable {
  /// Makes a fresh model the one that was saved into a folder.
  mutating func load(from folder: String) throws

  /// Saves the model into an empty folder.
  func save(to folder: String) throws
}

/// Thrown by a model that cannot be trained under the hyperparameters it was given, however often one tries.
public struct InvalidHyperparameters: Error {
  /// Why not.
  public var message: String

  /// Says why not.
  public init(_ message: String) {
    self.message = message
  }
}
