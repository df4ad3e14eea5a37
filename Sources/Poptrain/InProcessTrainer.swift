internal import PopulationBasedTraining
internal import PoptrainTrainers

/// Trains models of a type of this process.
struct InProcessTrainer<Model: Trainable>: SingleTrainer {
  /// Makes a model that has not been trained.
  let fresh: @Sendable (TrainingInterval) throws -> Model
  /// Loads a published model, to train it in an interval.
  let load: @Sendable (_ path: String, TrainingInterval) throws -> Model
  /// Saves a model that is to be published.
  let save: @Sendable (_ model: Model, _ path: String) throws -> Void

  func train(_ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void) async -> TrainerOutcome {
    do {
      return .trained(try await trained(assignment))
    } catch let failure as TrainerFailure {
      return .failed(failure)
    } catch let invalid as InvalidHyperparameters {
      return .invalid(invalid.message, log: nil)
    } catch {
      return .failed(TrainerFailure(.failed, "\(error)"))
    }
  }

  /// Nothing: the model itself sees that its task is cancelled, by `Task.isCancelled`.
  func requestStop() async {}

  /// Nothing: there is no process.
  func shutDown() async {}

  private func trained(_ assignment: Assignment) async throws -> TrainedInterval {
    let interval = TrainingInterval(assignment)
    var model = try assignment.checkpoint.map { try loaded($0, interval) } ?? fresh(interval)
    if assignment.kind == .train { try await model.train(interval) }
    let metrics = try await model.evaluate(interval)
    if assignment.kind == .train { try saved(model, assignment.saveTo) }
    return TrainedInterval(
      steps: assignment.ages.count, metrics: metrics, evaluations: interval.evaluations,
      unread: interval.unread)
  }

  private func loaded(_ path: String, _ interval: TrainingInterval) throws -> Model {
    do { return try load(path, interval) } catch { throw TrainerFailure(.notLoaded, "\(error)") }
  }

  private func saved(_ model: Model, _ path: String) throws {
    do { try save(model, path) } catch { throw TrainerFailure(.notSaved, "\(error)") }
  }
}
