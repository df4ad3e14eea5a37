import Engine
import ExperimentFile

/// Trains a run in the foreground: shows what happens, and stops on Ctrl-C or SIGTERM.
///
/// - Parameter folder: the folder in which trainers run.
func train(
  _ experiment: Experiment, _ overrides: Overrides = Overrides(), in directory: RunDirectory, folder: String,
  asJSON: Bool
) async throws -> Engine.Ending {
  let unseen = Unseen()
  let engine = try await Engine(experiment, overrides: overrides, in: directory, folder: folder) { unseen.add($0) }
  let reporter = RunReporter(engine, asJSON: asJSON)
  await reporter.begin()

  let reporting = Task { await reporter.follow(unseen) }
  let ending = try await stoppable(by: { await engine.stop(isPreempted: $0) }) { try await engine.run() }
  unseen.finish()
  await reporting.value
  await reporter.end(ending)
  return ending
}
