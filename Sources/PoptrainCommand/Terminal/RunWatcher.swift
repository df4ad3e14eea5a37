import CPoptrain
import Foundation
import PoptrainRuns
import PoptrainStore
import PoptrainText
import PopulationBasedTraining

/// Shows a run that another process trains, from its folder alone.
actor RunWatcher {
  private var source: RunSource
  private var trail = Trail()
  private var frame = Frame()
  private var isReading = false
  private let leave: @Sendable (Leaving) -> Void

  init(_ source: RunSource, leave: @escaping @Sendable (Leaving) -> Void) {
    self.source = source
    self.leave = leave
  }

  /// Reads what is new and shows it.
  ///
  /// - Parameter isContinued: others have written to the terminal, and may have changed how it takes keys.
  func draw(isContinued: Bool) async {
    if isContinued {
      frame.forgetIfStopped()
      if isatty(STDIN_FILENO) == 1 { poptrain_take_keys(STDIN_FILENO) }
    }
    guard !isReading else { return }
    isReading = true
    defer { isReading = false }
    do {
      // Asked first: what an engine records before it ends is seen then.
      let isRunning = source.run.isRunning
      var (source, trail) = (source, trail)
      try await source.add(to: &trail)
      (self.source, self.trail) = (source, trail)
      try show(isRunning: isRunning)
    } catch {
      leave(.failed(error))
    }
  }

  private func show(isRunning: Bool) throws(RunError) {
    let run = source.run
    let population = try run.population()
    let isFinished = population.isFinished && !isRunning
    var scene = Scene(
      experiment: run.experiment, population: population, trail: trail, failures: trail.failures,
      state: isFinished ? .finished : isRunning ? .running : .stopped)
    scene.secondsLeft = secondsLeft(population.plannedSteps - population.trainedSteps)
    let size = Terminal.size
    var lines = LiveView(scene: scene, width: size.columns - 1, height: size.rows - 2).lines
    if let ending = population.ending, isFinished {
      lines.append(Line("ended: \(run.experiment.words(for: ending, forfeited: try run.forfeitedSteps()))"))
    } else {
      lines.append(Line([Span("q", .bold), Span(isRunning ? " leaves, the run continues" : " leaves", .dim)]))
    }
    frame.draw(lines)
    if isFinished { leave(.finished) }
  }

  /// The time that the rest takes at the pace since the last start.
  private func secondsLeft(_ steps: Int) -> Double? {
    guard let startedAt = trail.startedAt, trail.stepsSinceStart > 0 else { return nil }
    return (SystemClock.wall() - startedAt) / Double(trail.stepsSinceStart) * Double(max(0, steps))
  }
}
