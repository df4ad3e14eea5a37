import PoptrainEngine
import PoptrainRuns
import PoptrainStore
import PoptrainWorker
import PopulationBasedTraining

/// Shows a run as a table on a terminal that is drawn over itself, below what has to be told.
actor LiveReporter: RunReporter {
  private var wording: RunWording
  private var frame = Frame()
  private var trail = Trail()
  /// What has happened while the history of earlier starts is still read.
  private var pending: [HistoryRecord]? = []

  init(_ wording: RunWording) { self.wording = wording }

  func begin(original: RecordedRun?) {
    let width = Terminal.size.columns
    frame.insert(wording.heading(original: original).flatMap { harmless($0).broken(to: width) }.map { Line($0) })
  }

  func show(_ news: Engine.News) {
    wording.take(news)
    if case .worker(_, .recorded(let completion)) = news {
      let records =
        [completion.interval].compactMap { $0.map(HistoryRecord.interval) }
        + completion.decisions.map(HistoryRecord.decision)
      for record in records { trail.apply(record) }
      pending?.append(contentsOf: records)
    }
    frame.insert(wording.lines(for: news).map { Line($0) })
  }

  func follow(_ unseen: Unseen) async {
    let reading = Task { await read() }
    await redrawing {
      await self.draw(isContinued: $0)
    } while: {
      await showAll(of: unseen)
    }
    reading.cancel()
    await draw(isContinued: false)
  }

  func end(_ ending: Engine.Ending) async { await wording.end(ending) }

  /// Reads what happened before this start. A run with a long history does not wait for it.
  private func read() async {
    let engine = wording.engine
    var earlier = Trail()
    do {
      var source = try RunSource(engine.directory)
      try await source.add(to: &earlier, upTo: engine.initial.sequence)
      for record in pending ?? [] { earlier.apply(record) }
      trail = earlier
    } catch {
      // What cannot be read now is not shown; training has a connection of its own.
    }
    pending = nil
  }

  private func draw(isContinued: Bool) async {
    if isContinued { frame.forgetIfStopped() }
    let population = await wording.engine.population()
    let progress = wording.progress
    let size = Terminal.size
    let scene = Scene(
      experiment: wording.engine.experiment, population: population, trail: trail, ages: progress.ages,
      failures: trail.failures + progress.failures, secondsLeft: progress.secondsLeft(now: SystemClock.monotonic()))
    frame.draw(LiveView(scene: scene, width: size.columns - 1, height: size.rows - 1).lines)
  }
}
