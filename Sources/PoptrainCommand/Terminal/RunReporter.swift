import PoptrainEngine
import PoptrainRuns

/// Shows a run while it goes on.
protocol RunReporter: Actor {
  /// Says what the run will cost, and what is not as it was.
  ///
  /// - Parameter original: the run whose schedule is trained again, where that is so.
  func begin(original: RecordedRun?)

  /// Shows something that has happened.
  func show(_ news: Engine.News)

  /// Shows what happens until the run is over.
  func follow(_ unseen: Unseen) async

  /// Says how it ended, and what to do next.
  func end(_ ending: Engine.Ending) async
}

extension RunReporter {
  func follow(_ unseen: Unseen) async { await showAll(of: unseen) }

  /// Shows some of it at a time: being woken costs the workers more than printing does.
  func showAll(of unseen: Unseen) async {
    for await _ in unseen.arrivals {
      for item in unseen.take() { show(item) }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }
}

/// JSON for a program, a live table on a terminal, or plain lines into a pipe.
///
/// - Parameter file: the experiment file, as the user named it; none where the folder of a run was named.
func reporter(of engine: Engine, file: String?, asJSON: Bool) -> any RunReporter {
  if asJSON { return JSONReporter(engine) }
  let wording = RunWording(engine, file: file)
  return Terminal.isInteractive ? LiveReporter(wording) : LineReporter(wording)
}
