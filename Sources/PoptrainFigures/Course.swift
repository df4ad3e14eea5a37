package import PoptrainExperimentFile
package import PopulationBasedTraining

/// What became of a run, as its figures need it: what was trained, in which order, and who was copied from whom.
package struct Course: Sendable {
  /// What was trained or measured in one interval.
  package struct Stretch: Sendable {
    package let member: Member.ID
    /// The line that it belongs to.
    package let line: Int
    /// The stretch that trained what it began with; none: it began fresh.
    package let parent: Int?
    /// The steps that the member had trained before and after.
    package let steps: ClosedRange<Int>
    /// The age of the model before and after.
    package let ages: ClosedRange<Int>
    /// The metric at the end; none where that is no finite number.
    package let score: Double?
    /// The metric as it was logged on the way, with the age of the model.
    package let evaluations: [(age: Int, value: Double)]
    package let hyperparameters: Hyperparameters
  }

  /// A member from one copy to the next: one model under one name.
  package struct Line: Sendable {
    package let member: Member.ID
    /// The stretch that trained what it was copied from; none: it began fresh.
    package let parent: Int?
    /// The line that began fresh, from which it descends.
    package let founder: Int
    /// The steps that the member had trained before.
    package let startSteps: Int
    package fileprivate(set) var stretches: [Int] = []
    /// Whether the member has its model now.
    package fileprivate(set) var isCurrent = true
  }

  /// What happened, in order.
  package enum Moment: Sendable {
    case trained(stretch: Int)
    case began(line: Int)
    case left(member: Member.ID)
  }

  package let experiment: Experiment
  package private(set) var stretches: [Stretch] = []
  package private(set) var lines: [Line] = []
  package private(set) var moments: [Moment] = []
  /// The stretches that led to the best model, by age; empty while there is none.
  package private(set) var winner: [Int] = []
  /// Whether a stretch led to what some member has now, by index.
  package private(set) var isLiving: [Bool] = []

  /// Follows history, which `records` gives in parts, in order, and then none.
  ///
  /// - Parameter best: the best checkpoint; none while there is none.
  package init<Failure>(
    _ experiment: Experiment, best: CheckpointID?, _ records: () throws(Failure) -> [HistoryRecord]?
  ) throws(Failure) {
    self.experiment = experiment
    var current: [Member.ID: Int] = [:]
    var steps: [Member.ID: Int] = [:]
    var bySequence: [Int: Int] = [:]
    var byCheckpoint: [CheckpointID: Int] = [:]
    while let records = try records() {
      for record in records {
        switch record {
        case .decision(let decision):
          let (member, donor) = (decision.member, decision.result.donor)
          if decision.result == .retire {
            if let line = current.removeValue(forKey: member) { lines[line].isCurrent = false }
            moments.append(.left(member: member))
          } else if decision.ordinal == 0 || decision.result == .fresh || donor?.inherits.includesWeights == true {
            // Values that were refused are the beginning of nothing.
            let isRedrawn =
              donor == nil && current[member].map { lines[$0].parent == nil && lines[$0].stretches.isEmpty } ?? false
            guard !isRedrawn else { continue }
            if let line = current[member] { lines[line].isCurrent = false }
            let parent = donor.flatMap { byCheckpoint[$0.checkpoint] ?? bySequence[$0.sequence] }
            let founder = parent.map { lines[stretches[$0].line].founder } ?? lines.count
            current[member] = lines.count
            moments.append(.began(line: lines.count))
            lines.append(Line(member: member, parent: parent, founder: founder, startSteps: steps[member, default: 0]))
          }
        case .interval(let interval):
          guard let line = current[interval.member], !interval.isRefused else { continue }
          let stretch = stretches.count
          stretches.append(
            Stretch(
              member: interval.member, line: line, parent: interval.start.flatMap { byCheckpoint[$0] },
              steps: interval.startSteps...(interval.startSteps + max(0, interval.steps)),
              ages: interval.startAge...max(interval.startAge, interval.endAge),
              score: interval.score.map(experiment.rules.metric(ofScore:)).flatMap { $0.isDrawable ? $0 : nil },
              evaluations: interval.evaluations.compactMap { evaluation in
                guard let value = evaluation.metrics[experiment.metric], value.isDrawable else { return nil }
                return (evaluation.age, value)
              },
              hyperparameters: interval.hyperparameters))
          lines[line].stretches.append(stretch)
          steps[interval.member] = interval.startSteps + max(0, interval.steps)
          bySequence[interval.sequence] = stretch
          if interval.kind == .train, let end = interval.end { byCheckpoint[end] = stretch }
          moments.append(.trained(stretch: stretch))
        case .attempt, .collection, .event: continue
        }
      }
    }

    var next = best.flatMap { byCheckpoint[$0] }
    while let stretch = next {
      winner.append(stretch)
      next = stretches[stretch].parent
    }
    winner.reverse()

    isLiving = Array(repeating: false, count: stretches.count)
    for line in lines where line.isCurrent {
      for stretch in line.stretches { isLiving[stretch] = true }
      if line.stretches.isEmpty, let parent = line.parent { isLiving[parent] = true }
    }
    // A stretch is younger than what it began with, so from the last to the first all descendants are known.
    for stretch in stretches.indices.reversed() where isLiving[stretch] {
      if let parent = stretches[stretch].parent { isLiving[parent] = true }
    }
  }
}

extension Double {
  /// Whether it can be drawn: differences of such numbers are finite.
  fileprivate var isDrawable: Bool { magnitude < 1e300 }
}
