package import PoptrainEngine
package import PoptrainRuns
internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
package import Foundation
package import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainTrainers

/// Trains a recorded interval again, in scratch space: the same checkpoint, values and seed. The run is only read.
package struct Rerun: Sendable {
  /// What an interval came to.
  package struct Result: Hashable, Sendable {
    /// How it ended, in words.
    package var ending: String
    /// The metric that selection compares, as the trainer reports it; none where it did not end with one.
    package var metric: Double?
  }

  /// What is recorded of the interval.
  package let recorded: Result
  private let assignment: Assignment
  private let scratch: Scratch

  /// The ages that are trained.
  package var ages: Range<Int> { assignment.ages }
  /// The values.
  package var hyperparameters: Hyperparameters { assignment.hyperparameters }
  /// The seed.
  package var seed: UInt64 { assignment.seed }
  /// The folder of the checkpoint to start from; none: fresh.
  package var checkpoint: String? { assignment.checkpoint }

  /// Finds an interval in a run: a recorded one, or the one that a member has attempted but not finished.
  package init(
    _ run: RecordedRun, member id: Member.ID, interval number: Int, machine: WorkerEnvironment.Machine = .current
  ) throws(RunError) {
    let members = try run.population().members
    guard members.indices.contains(id) else {
      throw .cannotRerun("there is no member \(id); members are numbered from 0 to \(members.count - 1)")
    }
    let intervals = try reading { () throws(StoreError) in try run.history.intervals(of: id) }
    var assignment: Assignment
    if let interval = intervals.first(where: { $0.number == number }) {
      assignment = try Rerun.assignment(of: interval, in: run)
      recorded = Result(
        ending: interval.outcome.rawValue + (interval.message.map { ": \($0)" } ?? ""),
        metric: interval.metrics[run.experiment.metric] ?? interval.score.map(run.metric))
    } else {
      let member = members[id]
      guard number == member.intervals + 1, member.state == .ready || member.state == .leased else {
        throw .cannotRerun("member \(id) has no interval \(number); it has \(member.intervals), numbered from 1")
      }
      assignment = Rerun.nextAssignment(of: member, under: run.experiment.rules)
      let attempts = try reading { () throws(StoreError) in try run.history.attempts(of: id) }
      let failure = attempts.last { $0.number == number }
      recorded = Result(ending: failure.map { "failed: \($0.message)" } ?? "not trained yet", metric: nil)
    }
    if let start = assignment.parent.map({ CheckpointID($0) }) {
      let present = try reading { () throws(StoreError) in try run.history.presentCheckpoints() }
      guard present.contains(start) else {
        let possible = intervals.filter { $0.start.map(present.contains) ?? true }.map { "\($0.number)" }
        throw .cannotRerun(
          """
          interval \(number) of member \(id) started from checkpoint \(start), which was collected when nothing referred to \
          it any more. Intervals of this member that can be rerun: \(possible.isEmpty ? "none" : possible.joined(separator: ", ")). \
          With `keep: all` in the experiment file, later checkpoints are not collected
          """)
      }
      do {
        let path = try run.localPath(of: start)
        _ = try CheckpointContents(verifying: start, at: path)
        assignment.checkpoint = path
      } catch {
        throw .cannotRerun("\(error)")
      }
    }
    self.assignment = assignment
    scratch = try Scratch(run.experiment, folder: run.folder, machine: machine, runID: run.id)
  }

  /// A recorded interval as it was asked for, but for the folders.
  private static func assignment(of interval: Interval, in run: RecordedRun) throws(RunError) -> Assignment {
    let rules = run.experiment.rules
    let decisions = try reading { () throws(StoreError) in try run.history.decisions() }
    let beginning = decisions.last {
      $0.member == interval.member && $0.sequence < interval.sequence && $0.beginsModel
    }
    let origin = beginning?.result.donor
    return Assignment(
      id: "", member: interval.member, number: interval.number, kind: interval.kind,
      ages: interval.startAge..<interval.startAge + interval.askedSteps(rules),
      totalSteps: interval.totalSteps ?? rules.totalSteps(at: interval.startAge), memberSteps: interval.startSteps,
      donor: origin?.checkpoint == interval.start ? origin?.member : nil, seed: interval.seed,
      hyperparameters: interval.hyperparameters, checkpoint: nil, parent: interval.start?.description, saveTo: "")
  }

  /// The interval that a member has not finished, but for the folders.
  private static func nextAssignment(of member: Member, under rules: Rules) -> Assignment {
    Assignment(
      id: "", member: member.id, number: member.intervals + 1, kind: member.next,
      ages: member.age..<member.age + rules.stepsOfNextInterval(of: member),
      totalSteps: rules.totalSteps(at: member.age), memberSteps: member.steps, donor: member.donor,
      seed: rules.trainerSeed(member: member.id, steps: member.steps, kind: member.next),
      hyperparameters: rules.space.inForce(member.hyperparameters, at: member.age), checkpoint: nil,
      parent: member.checkpoint?.description, saveTo: "")
  }

  /// Trains.
  ///
  /// - Parameter output: called with what the trainer prints, as it comes.
  package func run(output: @escaping @Sendable (Data) -> Void) async -> Result {
    let following = Following(scratch.logPath, output)
    let ticking = Task {
      while !Task.isCancelled {
        await following.handOn()
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    let outcome = await scratch.run(assignment)
    await scratch.endProcess()
    ticking.cancel()
    await following.handOn()
    await scratch.close()
    switch outcome {
    case .trained(let trial):
      let isPartial = trial.steps < ages.count
      let ending = isPartial ? "partial" : trial.metric.isFinite ? "completed" : "diverged"
      return Result(ending: ending, metric: trial.metric)
    case .invalid(let message): return Result(ending: "invalid: \(message)", metric: nil)
    case .failed(let failure): return Result(ending: "failed: \(failure.message)", metric: nil)
    }
  }

  /// Ends the trainer and removes the scratch space.
  package func stop() async {
    await scratch.close()
  }
}

extension Rerun.Result {
  /// Whether two results have the same score, bit for bit.
  package func isSameScore(as other: Rerun.Result) -> Bool {
    guard let metric, let otherMetric = other.metric else { return false }
    return same(metric, otherMetric)
  }
}

extension Interval {
  /// The steps that the trainer was asked for: those it covered, unless it trained fewer or more.
  fileprivate func askedSteps(_ rules: Rules) -> Int {
    let asked = rules.stepsOfTraining(after: startSteps, age: startAge)
    return outcome == .partial || outcome == .invalid ? asked : min(asked, steps)
  }
}

/// Hands on what is appended to a file.
private actor Following {
  private let path: String
  private let output: @Sendable (Data) -> Void
  private var offset: UInt64 = 0

  init(_ path: String, _ output: @escaping @Sendable (Data) -> Void) {
    self.path = path
    self.output = output
  }

  func handOn() {
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    defer { try? file.close() }
    guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.readToEnd(), !data.isEmpty else { return }
    offset += UInt64(data.count)
    output(data)
  }
}
