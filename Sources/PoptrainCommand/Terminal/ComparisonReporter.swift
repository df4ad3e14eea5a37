import PoptrainRuns
import PoptrainPages
import PoptrainComparing
import PoptrainText
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers
import PoptrainWorker

/// Shows a comparison while it goes on, one line for each run, and what came out of it.
actor ComparisonReporter {
  private let plan: ComparisonPlan
  private let isQuiet: Bool
  private let isLive: Bool
  private var frame = Frame()
  private var training: (position: Int, run: PlannedRun, engine: Engine, progress: RunProgress)?
  private var ended = 0
  private var warnings: Set<String> = []
  private var lastFailure: TrainerFailure?

  /// - Parameter isQuiet: standard output is for a program: what is shown goes to standard error.
  init(_ plan: ComparisonPlan, isQuiet: Bool) {
    self.plan = plan
    self.isQuiet = isQuiet
    isLive = !isQuiet && Terminal.isInteractive
  }

  /// Says what it will cost.
  ///
  /// - Parameter note: what else has to be known.
  func begin(note: String?) {
    let steps = grouped(plan.stepsPerRun)
    tell(
      "\(plan.experiment.name): \(counted(plan.alternatives.count, "alternative")) × \(counted(plan.seeds.count, "seed")) = "
        + "\(counted(plan.runs.count, "run")) of \(steps) steps each, in \(plan.directory.shown)")
    if let note { tell(note) }
  }

  /// Shows what happens until the stream ends.
  func follow(_ news: AsyncStream<ComparisonRunner.News>) async {
    guard isLive else {
      for await item in news { show(item) }
      return
    }
    await redrawing {
      await self.draw(isContinued: $0)
    } while: {
      for await item in news { show(item) }
    }
    frame.draw([])
  }

  private func draw(isContinued: Bool) async {
    if isContinued { frame.forgetIfStopped() }
    guard let training else { return }
    let now = SystemClock.monotonic()
    let left = training.progress.secondsLeft(now: now).map { "\(spoken(.seconds($0))) left" }
    let best = await training.engine.population().best.map { best in
      "best \(plan.experiment.metric) \(short(plan.experiment.rules.metric(ofScore: best.published.score)))"
    }
    let parts = [training.progress.share, best, left].compactMap { $0 }
    let name = name(training.position, training.run.alternative, training.run.seed)
    frame.draw([Line([Span(name), Span("  "), Span(parts.joined(separator: " · "), .dim)])])
  }

  private func show(_ news: ComparisonRunner.News) {
    switch news {
    case .began(let position, let run, let engine):
      training = (position, run, engine, RunProgress(engine, now: SystemClock.monotonic()))
    case .engine(.worker(_, let workerNews)):
      training?.progress.take(workerNews)
      if case .failed(_, let failure, _) = workerNews { lastFailure = failure }
    case .engine(.warning(let message)):
      if warnings.insert(message).inserted { tell("warning: \(harmless(message))") }
    case .engine(.stopping(_, isTimeOver: true)): break
    case .engine(.stopping(let how, isTimeOver: false)):
      tell(how == .now ? "stopping now" : "stopping after the intervals in flight finish; Ctrl-C again stops now")
    case .ended(let position, let result, let wasThere):
      training = nil
      ended += 1
      let metric = plan.isTested ? plan.experiment.metric : plan.reported.name
      tell(
        "\(name(position, result.alternative, result.seed))  \(outcome(result, metric))\(wasThere ? "  (was finished)" : "")"
      )
    case .tested(let position, let result, let failure):
      tell("\(name(position, result.alternative, result.seed))  tested: \(outcome(result, plan.reported.name))")
      if let failure { complainOf(failure) }
    }
  }

  private func name(_ position: Int, _ alternative: Alternative, _ seed: UInt64) -> String {
    func padded(_ text: String, to width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let number = "\(position + 1) of \(plan.runs.count)"
    let widths = (2 * "\(plan.runs.count)".count + 4, plan.alternatives.map(\.name.count).max() ?? 0)
    return "\(padded(number, to: widths.0))  \(padded(alternative.name, to: widths.1))  seed \(seed)"
  }

  private func outcome(_ result: RunResult, _ metric: String) -> String {
    let failures = result.failedAttempts > 0 ? ["\(counted(result.failedAttempts, "attempt")) failed"] : []
    switch result.outcome {
    case .value(let value): return (["\(metric) \(short(value))"] + failures).joined(separator: ", ")
    case .failed(let reason): return "FAILED: \(harmless(reason))"
    }
  }

  /// Says how training ended, where it did not come to its end.
  func end(_ ending: Engine.Ending) {
    switch ending {
    case .finished: break
    case .stopped, .interrupted:
      let done =
        ended == plan.runs.count ? "before all were tested" : "after \(ended) of \(counted(plan.runs.count, "run"))"
      tell("stopped \(done); run the same command again to resume")
    case .broken(let message): complainOf(broken: message)
    case .aborted(let reason): complainOf(aborted: reason, lastFailure)
    }
  }

  /// Shows what came out of it.
  func show(_ comparison: Comparison, page: String) {
    say()
    for line in table(comparison).lines { say(line) }
    say()
    for line in tableAtEnd(comparison).lines { say(line) }
    say()
    for row in comparison.rows.dropFirst() {
      say(comparison.sentence(row))
      say(comparison.sentenceAtEnd(row))
    }
    say()
    for note in comparison.notes { say("- \(harmless(note))") }
    if plan.reported.isSelected, !plan.isTested {
      say("- `--report METRIC` compares another metric; `--test` has the trainer test the chosen checkpoints.")
    }
    say("\npage: \(page)")
  }

  private func table(_ comparison: Comparison) -> Table {
    let digits = comparison.digits
    var table = Table(
      header: ["\(metric), the best", "n", "mean", "sd", "median member"] + pairHeader, numeric: Set(1...9),
      paints: pairPaints(from: 5))
    for row in comparison.rows {
      table.rows.append(
        [
          row.alternative.name, "\(row.values?.values.count ?? 0)", row.values.map { digits.text($0.mean) } ?? "–",
          row.values?.standardDeviation.map(digits.text) ?? "–",
          row.medianMembers.map { digits.text($0.mean) } ?? "–",
        ] + cells(row.pairs, comparison))
    }
    return table
  }

  private func tableAtEnd(_ comparison: Comparison) -> Table {
    let digits = comparison.digits
    var table = Table(
      header: ["\(metric), at the end", "n", "mean", "sd"] + pairHeader, numeric: Set(1...8),
      paints: pairPaints(from: 4))
    for row in comparison.rows {
      table.rows.append(
        [
          row.alternative.name, "\(row.valuesAtEnd?.values.count ?? 0)",
          row.valuesAtEnd.map { digits.text($0.mean) } ?? "–",
          row.valuesAtEnd?.standardDeviation.map(digits.text) ?? "–",
        ] + cells(row.pairsAtEnd, comparison))
    }
    return table
  }

  private var metric: String {
    "\(harmless(plan.reported.name)) (\(plan.reported.mode == .max ? "higher" : "lower") is better)"
  }

  private let pairHeader = ["better", "equal", "worse", "mean difference", "p"]

  /// Better seeds are green and worse ones red, where there are any.
  private func pairPaints(from column: Int) -> [Int: (String) -> Paint?] {
    func paint(_ paint: Paint) -> (String) -> Paint? { { ["", "0"].contains($0) ? nil : paint } }
    return [column: paint(.green), column + 2: paint(.red)]
  }

  private func cells(_ pairs: Pairs?, _ comparison: Comparison) -> [String] {
    guard let pairs else { return pairHeader.map { _ in "" } }
    return [
      "\(pairs.wins)", "\(pairs.ties)", "\(pairs.losses)", comparison.difference(pairs),
      probability(pairs.test.twoSidedP),
    ]
  }

  /// Writes a line that stays.
  private func tell(_ text: String) {
    if isQuiet {
      complain(text)
    } else if isLive {
      frame.insert(text.split(separator: "\n").map { Line(String($0)) })
    } else {
      say(text)
    }
  }
}
