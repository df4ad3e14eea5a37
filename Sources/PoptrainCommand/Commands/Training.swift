import PoptrainRuns
import PoptrainEngine
import PoptrainExperimentFile

/// Trains a run in the foreground: shows what happens, and stops on Ctrl-C or SIGTERM, and where its terminal is closed.
///
/// - Parameters:
///   - folder: the folder in which trainers run.
///   - isShared: whether others may train a new run too.
///   - file: the experiment file, as the user named it.
///   - original: the run whose schedule is trained again, where that is so.
///   - hasDashboard: whether it can be seen in a browser meanwhile.
func train(
  _ experiment: Experiment, _ overrides: Overrides = Overrides(), in directory: RunDirectory, folder: String,
  isShared: Bool = false,
  file: String? = nil, original: RecordedRun? = nil, asJSON: Bool, hasDashboard: Bool = false
) async throws -> Engine.Ending {
  let unseen = Unseen()
  let engine = try await Engine(experiment, overrides: overrides, in: directory, folder: folder, isShared: isShared) {
    unseen.add($0)
  }
  let reporter = reporter(of: engine, file: file, asJSON: asJSON)
  let ending = try await stoppable(by: { await engine.stop(isPreempted: $0) }) {
    let dashboard = hasDashboard ? await RunDashboard(of: engine) : nil
    defer { dashboard?.close() }
    await reporter.begin(original: original)
    // Programs that read JSON are told on the other stream.
    for line in dashboard?.lines ?? [] { if asJSON { complain(line) } else { say(line) } }
    let reporting = Task { await reporter.follow(unseen) }
    let ending = try await engine.run()
    unseen.finish()
    await reporting.value
    return ending
  }
  await reporter.end(ending)
  return ending
}
