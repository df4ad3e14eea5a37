internal import PoptrainText
internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainTrainers

// What the check and the experiment will cost.
extension Check {
  /// How many processes a check of a session starts.
  var processes: Int { experiment.trainer.contract == .session ? workers > 1 ? 4 : 3 : 0 }

  /// About how many further intervals are trained where all is well.
  func plannedIntervals(_ searched: [Hyperparameter]) async -> Int {
    let effects = searched.map { hyperparameter in
      // Each value from the checkpoint and from fresh; a number in two parts, too.
      if case .choice(let values) = hyperparameter.domain { (values.count - 1) * 2 } else { 3 }
    }
    let isSession = experiment.trainer.contract == .session
    // Scored, repeated, under other values; the first again, the second in two parts; stopped; all workers at once.
    let others = (isSession ? 3 : 2) + (isSession ? Check.keptIntervals : 1) + 2 + 1 + (workers > 1 ? 2 : 0)
    let batches = await batchSize > 1 ? Check.gatheringIntervals : 0
    return effects.reduce(others + batches, +)
  }

  /// Takes note of how long intervals have taken.
  func measure(_ trials: [Trial], of batch: [Assignment]) {
    guard let trial = trials.first, trials.count == batch.count else { return }
    if batch[0].kind == .evaluate {
      evaluations.append(trial)
    } else if batch.count == 1 {
      timing.take(trial.duration, steps: trial.steps, isStarting: trial.isStarting)
    } else if !trial.isStarting {
      batchTimes.append((batch.count, trial.duration))
    }
  }

  /// Says what the experiment will cost, by what the intervals of this check have cost.
  func checkCost(_ first: Trial, _ second: Trial?) async {
    let rules = experiment.rules
    let usual = rules.nextReady(after: 0)
    let lengths = intervalLengths(asked: usual, trained: second?.steps ?? first.steps)
    let batch = min(await scratch.capacity, (rules.populationSize + workers - 1) / workers)
    let alone = timing.duration(of: usual)
    let together = workers > 1 ? await durationTogether(first, alone: alone) : .success(alone)
    let interval = max((try? together.get()) ?? alone, alone)
    // Those of one member, one after the other; and how many members wait for one another.
    let slowdown = alone > .zero ? interval / alone : 1
    let perMember = lengths.steps.map { timing.duration(of: $0) }.reduce(.zero, +) * lengths.factor * slowdown
    let groups = Double(rules.populationSize) / Double(workers * batch)
    let rounds = rules.order == .synchronous ? groups.rounded(.up) : max(groups, 1)
    let growth = batchGrowth(alone).map { 1 + $0 * Double(batch - 1) } ?? 1
    let time = timing.startup * slowdown + perMember * rounds * growth

    let count = Int((Double(lengths.steps.count) * lengths.factor).rounded())
    let kept =
      switch rules.keep {
      case .needed: 1
      case .last(let number): min(number, count)
      case .all: count
      }
    // Those that are kept of each member, the best so far, and those that each worker is writing.
    let models = Double(rules.populationSize) * Double(kept) + Double(1 + workers * batch)
    let bytes = Int(min(models * Double(first.contents.bytes), 0x1p62))
    let folder = FileManager.default.currentDirectoryPath
    let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    let free = (disk?[.systemFreeSize] as? NSNumber)?.intValue
    let isTooMuch = free.map { $0 < bytes } ?? false

    let manyWorkers = workers > 1 ? " while \(workers) workers train" : ""
    let many = batch > 1 ? ", \(batch) at once," : ""
    let startup = timing.startup > interval / 10 ? ", and a process \(spoken(timing.startup)) to start" : ""
    // What a run does between two intervals, such as waiting for the disk, counts where they are short.
    let between = interval < .milliseconds(100) ? ", without what a run does between two intervals," : ""
    var found = """
      an interval takes \(spoken(interval))\(manyWorkers)\(startup); \(rules.populationSize) members × \(grouped(count)) \
      intervals with \(counted(workers, "worker"))\(many) take about \(spoken(time))\(between) and \(spoken(bytes: bytes)) of \
      disk
      """
    if rules.evaluatesCopies {
      let evaluation = evaluations.first.map { max(.zero, $0.duration - ($0.isStarting ? timing.startup : .zero)) }
      let each = evaluation ?? timing.duration(of: 0)
      let most = Double(rules.populationSize * max(count - 1, 0)) / Double(workers)
      found += "; scoring each copy takes \(spoken(each)), at most \(spoken(each * most)) in all"
    }
    var remedies: [String] = []
    if case .failure(let failure) = together {
      found += ". When all workers train at once, one fails: \(failure.message)"
      remedies.append("write fewer `workers`, or have each need less of the machine")
    }
    if isTooMuch {
      remedies.append("only \(spoken(bytes: free ?? 0)) are free here; save less, or keep the run on another disk")
    }
    tell(
      .estimate, remedies.isEmpty ? .ok : .warning, found,
      remedy: remedies.isEmpty ? nil : remedies.joined(separator: "; "))
  }

  /// The steps that each interval of a member trains. At most the first 10,000, with the factor to scale them by.
  private func intervalLengths(asked: Int, trained: Int) -> (steps: [Int], factor: Double) {
    let rules = experiment.rules
    var lengths: [Int] = []
    var steps = 0
    while steps < rules.steps, lengths.count < 10_000 {
      let length = max(1, rules.stepsOfTraining(after: steps, age: steps))
      // It trains fewer than it is asked for, or so many at a time.
      var real = min(length, trained < asked ? max(1, trained) : length)
      if trained > asked { real = (length + trained - 1) / trained * trained }
      lengths.append(real)
      steps += real
    }
    return (lengths, max(1, Double(rules.steps) / Double(steps)))
  }

  /// How long an interval takes while each worker trains, or why one of them cannot.
  private func durationTogether(_ first: Trial, alone: Duration) async -> Result<Duration, TrainerFailure> {
    workerScratches = (0..<workers).compactMap { worker in
      try? Scratch(experiment, folder: folder, machine: machine, runID: "check", worker: worker)
    }
    news(.doing("an interval in each of \(workers) workers at once"))
    // All processes have started before anything is measured. What is short is measured several times.
    var result = await trainTogether(first, times: 1)
    if case .success = result {
      let times = min(8, max(1, Int(.seconds(1) / max(alone, .milliseconds(1)))))
      result = await trainTogether(first, times: times)
    }
    for scratch in workerScratches { await scratch.close() }
    workerScratches = []
    return result
  }

  /// Has each worker train the same interval some times, and says how long one has taken on average.
  private func trainTogether(_ first: Trial, times: Int) async -> Result<Duration, TrainerFailure> {
    let ages = first.age..<first.age + experiment.rules.nextReady(after: 0)
    return await withTaskGroup(of: Result<Duration, TrainerFailure>.self) { group in
      for (worker, scratch) in workerScratches.enumerated() {
        let assignment = assignment(.train, from: first, ages, base, member: worker)
        group.addTask {
          let start = ContinuousClock.now
          for _ in 0..<times {
            switch await scratch.run(assignment) {
            case .trained(let trial): await scratch.discard(trial)
            case .invalid(let message): return .failure(TrainerFailure(.failed, message))
            case .failed(let failure): return .failure(failure)
            }
          }
          return .success((ContinuousClock.now - start) / times)
        }
      }
      var sum = Duration.zero
      for await result in group {
        guard case .success(let duration) = result else { return result }
        sum += duration
      }
      return .success(sum / max(1, workerScratches.count))
    }
  }
}

extension Check {
  /// By how much of its own time alone each further member makes a batch longer; none where no batch was measured.
  private func batchGrowth(_ alone: Duration) -> Double? {
    guard let size = batchTimes.map(\.members).max(), size > 1, alone > .zero else { return nil }
    let durations = batchTimes.filter { $0.members == size }.map(\.duration)
    let mean = durations.reduce(.zero, +) / durations.count
    return max(0, mean / alone - 1) / Double(size - 1)
  }
}
