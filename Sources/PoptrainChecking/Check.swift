internal import PoptrainText
package import PoptrainRuns
package import PoptrainEngine
internal import PoptrainCheckpoints
package import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// Runs a trainer through the contract before a night is spent on it, in scratch space.
package actor Check {
  /// What happens meanwhile.
  package enum News: Sendable {
    /// The trainer works; about so many further intervals are about to begin.
    case planned(intervals: Int, time: Duration)
    /// An interval begins.
    case doing(String)
    /// The model of the interval in flight has reached an age.
    case progress(age: Int, of: Range<Int>)
    /// Something is known.
    case found(Finding)
  }

  /// How a check ended.
  package enum Ending: Hashable, Sendable {
    /// No check failed.
    case passed
    /// No check failed, but something that a run relies on could not be tested.
    case untold
    /// Some check failed.
    case failed
    /// The trainer did not train even one interval.
    case neverWorked
  }

  let experiment: Experiment
  let scratch: Scratch
  let folder: String
  let machine: WorkerEnvironment.Machine
  let workers: Int
  /// The values that most intervals are trained under.
  let base: Hyperparameters
  /// Whether a process carries something over from one interval to the next, so that each needs a fresh one.
  var needsFreshProcesses = false
  /// By how much that changes a score.
  var leftOver = 0.0
  /// How many intervals it takes from fresh until there is a score; "the first interval" is all of them.
  var intervalsToFirstScore = 1
  /// How many it takes from there until there is the next.
  var intervalsToNextScore = 1
  /// By what is changed: settings in which hyperparameters may have an effect that they do not have under `base`.
  var otherSettings: [Hyperparameters: Setting?] = [:]
  /// By the same: the first interval, and what is not read in the first step.
  var otherFirsts: [Hyperparameters: Scratch.Outcome] = [:]
  var unreadAtFirst: [Hyperparameters: Set<String>] = [:]
  /// By the values: the first interval, trained from fresh again and again.
  var firstRepeats: [Hyperparameters: Repeats] = [:]
  /// The second interval in two parts.
  var usualInParts: [PartedValues: Parts] = [:]
  /// Of each remedy that is long, the hyperparameter at which it was told.
  var toldRemedies: [Remedy: String] = [:]
  /// How long intervals of one member have taken.
  var timing = Timing()
  /// The batches whose process had trained before, and how long each has taken.
  var batchTimes: [(members: Int, duration: Duration)] = []
  /// The evaluations.
  var evaluations: [Trial] = []
  /// The scratch space of each worker, while they train at once.
  var workerScratches: [Scratch] = []
  let news: @Sendable (News) -> Void
  private var toldWarnings: Set<String> = []
  /// What looked wrong in reports of an interval of which nothing is told yet.
  private var warnings: [Finding] = []
  private var hasFailed = false
  private var isUntold = false
  /// Whether what is found now may come of its being stopped.
  private var isStopped = false

  /// Prepares a check.
  ///
  /// - Parameters:
  ///   - folder: the folder in which the trainer runs.
  ///   - news: called as things happen.
  package init(
    _ experiment: Experiment, folder: String, machine: WorkerEnvironment.Machine = .current,
    news: @escaping @Sendable (News) -> Void
  ) throws(RunError) {
    self.experiment = experiment
    self.folder = folder
    self.machine = machine
    self.news = news
    workers = try WorkerEnvironment(experiment, on: machine, runID: "check").workers
    scratch = try Scratch(experiment, folder: folder, machine: machine, runID: "check")
    base = experiment.rules.space.central
  }

  /// Checks everything, one thing after the other.
  package func run() async -> Ending {
    let hasWorked = await checkAll()
    await stop()
    guard hasWorked else { return .neverWorked }
    return hasFailed ? .failed : isUntold ? .untold : .passed
  }

  /// Ends the trainer and removes the scratch space.
  package func stop() async {
    isStopped = true
    for scratch in [scratch] + workerScratches { await scratch.close() }
  }

  private func checkAll() async -> Bool {
    guard let first = await checkStart() else { return false }
    let searched = experiment.rules.space.hyperparameters.filter(\.domain.isSearched)
    let second = await checkResume(first)
    if let second {
      let intervals = await plannedIntervals(searched)
      news(.planned(intervals: intervals, time: second.duration * intervals + timing.startup * processes))
      if first.metric.isNaN || second.metric.isNaN {
        for subject in [Finding.Subject.load, .repetition, .neighbours] {
          tell(subject, .inconclusive, "not tested: there was no \(experiment.metric) to compare")
        }
        for hyperparameter in searched { tell(effectWithoutScore(hyperparameter)) }
      } else if let repeats = await checkLoad(first, second) {
        await checkLoading(first, second, repeats)
        let isKept = await checkKept(first, repeats)
        await checkSteps(first, repeats)
        let structural = await checkNeighbours(first)
        if isKept {
          await checkGather(repeats)
        } else if await batchSize > 1 {
          tell(.gather, .inconclusive, "not tested: first fix what `load` has found")
        }
        let setting = Setting(values: base, changed: [:], first: first, repeats: repeats)
        for hyperparameter in searched {
          let isStructural = hyperparameter.isStructural || structural.contains(hyperparameter.name)
          tell(await effect(of: hyperparameter, isStructural: isStructural, usually: setting))
        }
      }
    }
    await checkStop(first)
    await checkCost(first, second)
    return true
  }

  // MARK: Pieces

  /// Tells what was found, and then what looked wrong in the reports meanwhile.
  func tell(_ finding: Finding) {
    guard !isStopped else { return }
    if finding.verdict == .failed { hasFailed = true }
    if finding.isUntold { isUntold = true }
    for finding in [finding] + warnings { news(.found(finding)) }
    warnings = []
  }

  func tell(
    _ subject: Finding.Subject, _ verdict: Finding.Verdict, _ found: String, remedy: String? = nil, logTail: String = ""
  ) {
    tell(Finding(subject: subject, verdict: verdict, found: found, remedy: remedy, logTail: logTail))
  }

  /// Trains the interval that follows, from fresh or from what another has saved; several, where only then there is a score.
  func train(_ what: String, from start: Trial?, _ values: Hyperparameters) async -> Scratch.Outcome {
    var outcome = await trainOne(what, from: start, values)
    for _ in 1..<(start == nil ? intervalsToFirstScore : intervalsToNextScore) {
      guard case .trained(let trial) = outcome else { break }
      outcome = await trainOne(what, from: trial, values)
      await scratch.discard(trial)
    }
    return outcome
  }

  /// Trains one interval, of the usual length or of fewer steps.
  func trainOne(
    _ what: String, from start: Trial?, _ values: Hyperparameters, steps: Int? = nil
  ) async -> Scratch.Outcome {
    if needsFreshProcesses { await scratch.endProcess() }
    let age = start?.age ?? 0
    let stop = age + (steps ?? experiment.rules.nextReady(after: 0))
    return await run(what, assignment(.train, from: start, age..<stop, values))
  }

  /// Has the trainer score what another interval has saved.
  func evaluate(_ start: Trial, seededAt steps: Int, under values: Hyperparameters? = nil) async -> Scratch.Outcome {
    var assignment = assignment(.evaluate, from: start, start.age..<start.age, values ?? base)
    assignment.seed = experiment.rules.trainerSeed(member: 0, steps: steps, kind: .evaluate)
    return await run("scoring a checkpoint", assignment)
  }

  /// The assignment for some ages; scratch space chooses its id and where to save.
  func assignment(
    _ kind: Interval.Kind, from start: Trial?, _ ages: Range<Int>, _ values: Hyperparameters, member: Member.ID = 0
  ) -> Assignment {
    let rules = experiment.rules
    let source = start?.id.flatMap { CheckpointID($0).member }
    return Assignment(
      id: "", member: member, number: ages.lowerBound / rules.nextReady(after: 0) + 1, kind: kind, ages: ages,
      totalSteps: max(experiment.totalSteps, ages.upperBound), memberSteps: ages.lowerBound,
      donor: source == member ? nil : source,
      seed: rules.trainerSeed(member: member, steps: ages.lowerBound, kind: kind), hyperparameters: values,
      checkpoint: start?.checkpoint, parent: start?.id, saveTo: "")
  }

  private func run(_ what: String, _ assignment: Assignment) async -> Scratch.Outcome {
    await run(what, batch: [assignment])[0]
  }

  /// Has intervals of several members trained at once.
  func run(_ what: String, batch: [Assignment]) async -> [Scratch.Outcome] {
    news(.doing(what))
    let ages = batch[0].ages
    let outcomes = await scratch.run(batch: batch) { [news] age in news(.progress(age: age, of: ages)) }
    for case .trained(let trial) in outcomes {
      for warning in trial.warnings { keep(warning) }
    }
    measure(outcomes.compactMap(\.trial), of: batch)
    return outcomes
  }

  /// Keeps what looks wrong in reports until something is told of the interval, once each; numbers in it may differ.
  private func keep(_ warning: String) {
    guard toldWarnings.insert(kind(ofWarning: warning)).inserted else { return }
    warnings.append(Finding(subject: .report, verdict: .warning, found: warning))
  }

  // MARK: The first interval

  /// How many intervals are waited for a score.
  static let patienceForScore = 4

  private func checkStart() async -> Trial? {
    let outcome = await trainOne("the first interval, from scratch", from: nil, base)
    switch outcome {
    case .trained(let first):
      let scored = await untilScored(first)
      if let scored { intervalsToFirstScore = scored.intervals }
      let trial = scored?.trial ?? first
      let files = first.contents.files.count
      let score =
        switch scored?.intervals {
        case nil: "no \(experiment.metric) in \(Check.patienceForScore) intervals"
        case 1?: "\(experiment.metric) \(shown(trial.metric))"
        case let intervals?: "\(experiment.metric) \(shown(trial.metric)) after \(intervals) intervals, and none before"
        }
      let asked = experiment.rules.nextReady(after: 0)
      let steps = first.steps == asked ? "\(asked)" : "\(first.steps) of \(asked)"
      let found = """
        trained \(steps) steps from scratch in \(spoken(first.duration)), including startup; \(score); \
        saved \(files) \(files == 1 ? "file" : "files"), \(spoken(bytes: first.contents.bytes))
        """
      tell(
        .start, trial.metric.isFinite ? .ok : .warning, found,
        remedy: trial.metric.isFinite
          ? nil
          : "\(experiment.metric) should be a finite number under the values in the middle of the ranges; "
            + "make the ranges narrower, or look for a mistake in the measurement")
      return trial
    case .invalid(let message):
      tell(
        .start, .failed, "refuses the values in the middle of the ranges: \(message)",
        remedy: "make the ranges narrower, or give `initial` values that can be trained")
    case .failed(let failure):
      tell(.start, .failed, failure.message, remedy: remedy(for: failure), logTail: failure.logTail)
    }
    return nil
  }

  /// Trains on until there is a score, for some intervals.
  func untilScored(_ first: Trial) async -> (trial: Trial, intervals: Int)? {
    var trial = first
    for intervals in 1...Check.patienceForScore {
      if !trial.metric.isNaN { return (trial, intervals) }
      guard intervals < Check.patienceForScore,
        case .trained(let next) = await trainOne("training on until there is a score", from: trial, base)
      else { break }
      trial = next
    }
    return nil
  }

  private func remedy(for failure: TrainerFailure) -> String? {
    let isSession = experiment.trainer.contract == .session
    switch failure.reason {
    case .notStarted where isSession:
      return """
        it must ask for intervals: `for interval in poptrain.intervals():` in Python, "Trainer protocol" in the \
        documentation for other languages; a program that is run once per interval needs placeholders such as {save} in its command
        """
    case .notStarted, .exited:
      return shownTail(failure.logTail, below: failure.message).isEmpty ? nil : "its last lines say more"
    case .hung: return "raise `hang_timeout` if it needs longer, or let it report progress more often"
    case .noMetric: return "report \(experiment.metric), or name as `metric` what it reports"
    case .notSaved:
      return "save regular files into \(isSession ? "interval.save_to" : "the folder that replaces {save}")"
    case .garbage, .failed, .contract, .notInForce, .notLoaded, .other:
      return "\"Trainer protocol\" in the documentation says what is expected"
    }
  }
}
