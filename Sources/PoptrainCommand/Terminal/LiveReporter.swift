import PoptrainEngine
import PoptrainRuns
import PoptrainStore
import PopulationBasedTraining

/// Shows a run as a table on a terminal that is drawn over itself, below what has to be told.
actor LiveReporter: RunReporter {
  private var wording: RunWording
  private var frame = Frame()

  init(_ wording: RunWording) { self.wording = wording }

  func begin(original: RecordedRun?) {
    for line in wording.heading(original: original) { say(line) }
  }

  func show(_ news: Engine.News) {
    wording.take(news)
    frame.insert(wording.lines(for: news))
  }

  func follow(_ unseen: Unseen) async {
    let ticking = Task {
      while !Task.isCancelled {
        await draw()
        try? await Task.sleep(for: .milliseconds(250))
      }
    }
    await showAll(of: unseen)
    ticking.cancel()
    await draw()
  }

  func end(_ ending: Engine.Ending) async { await wording.end(ending) }

  private func draw() async {
    let population = await wording.engine.population()
    let size = Terminal.size
    frame.draw(
      LiveView.lines(
        wording.progress, population, height: size.rows, width: size.columns, now: SystemClock.monotonic()))
  }
}
