package import PopulationBasedTraining

/// A stretch of history in short: what charts and counters need, of which a million intervals can be read at once.
package struct HistoryPage: Hashable, Sendable {
  /// An interval in short.
  package struct Point: Hashable, Sendable {
    /// The position in history.
    package let sequence: Int
    /// The member that trained.
    package let member: Member.ID
    /// The sequence of the interval that trained the checkpoint with which it began; none where it began fresh.
    package let parent: Int?
    /// What the trainer was asked for.
    package let kind: Interval.Kind
    /// How it ended.
    package let outcome: Interval.Outcome
    /// The steps that the member had trained before.
    package let startSteps: Int
    /// The steps that it covered.
    package let steps: Int
    /// The age of the model before, in steps.
    package let startAge: Int
    /// The age of the model after, in steps.
    package let endAge: Int
    /// The score, higher is better; none where there is no finite metric.
    package let score: Double?
    /// The number that selection compares; none unless it completed.
    package let selection: Double?
    /// Which of the known sets of hyperparameters was in force.
    package let values: Int
    /// Which of the known workers had it trained.
    package let worker: Int
    /// Seconds since 1970 at which the trainer was asked.
    package let startedAt: Double
    /// Seconds since 1970 at which it was recorded.
    package let finishedAt: Double

    /// Collects what was read.
    package init(
      sequence: Int, member: Member.ID, parent: Int?, kind: Interval.Kind, outcome: Interval.Outcome, startSteps: Int,
      steps: Int, startAge: Int, endAge: Int, score: Double?, selection: Double?, values: Int, worker: Int,
      startedAt: Double, finishedAt: Double
    ) {
      self.sequence = sequence
      self.member = member
      self.parent = parent
      self.kind = kind
      self.outcome = outcome
      self.startSteps = startSteps
      self.steps = steps
      self.startAge = startAge
      self.endAge = endAge
      self.score = score
      self.selection = selection
      self.values = values
      self.worker = worker
      self.startedAt = startedAt
      self.finishedAt = finishedAt
    }
  }

  /// A failed attempt in short.
  package struct Failure: Hashable, Sendable {
    /// The position in history.
    package let sequence: Int
    /// The member.
    package let member: Member.ID
    /// Seconds since 1970.
    package let at: Double

    /// Collects what was read.
    package init(sequence: Int, member: Member.ID, at: Double) {
      self.sequence = sequence
      self.member = member
      self.at = at
    }
  }

  /// An event in short.
  package struct Moment: Hashable, Sendable {
    /// The position in history.
    package let sequence: Int
    /// What happened, in a word.
    package let kind: Event.Kind
    /// Seconds since 1970.
    package let at: Double

    /// Collects what was read.
    package init(sequence: Int, kind: Event.Kind, at: Double) {
      self.sequence = sequence
      self.kind = kind
      self.at = at
    }
  }

  /// What was met on the pages before, so that it is read and named once.
  package struct Known: Sendable {
    private var values: [String: Int] = [:]
    private var workers: [String: Int] = [:]

    package init() {}

    /// The number of a set of hyperparameters, by its text, and whether it is new.
    package mutating func values(_ text: String) -> (number: Int, isNew: Bool) { values.number(text) }

    /// The number of a worker.
    package mutating func worker(_ name: String) -> Int { workers.number(name).number }
  }

  /// The intervals, in order.
  package var points: [Point] = []
  /// The sets of hyperparameters that were not known before, in the order of their numbers.
  package var newValues: [Hyperparameters] = []
  /// The names of the metrics that the last interval reported.
  package var metrics: [String] = []
  /// The failed attempts, in order.
  package var failures: [Failure] = []
  /// The events, in order.
  package var moments: [Moment] = []
  /// The sequence up to which it reaches.
  package var end: Int
  /// Whether more follows.
  package var isFull: Bool

  package init(end: Int, isFull: Bool) {
    self.end = end
    self.isFull = isFull
  }
}

extension [String: Int] {
  fileprivate mutating func number(_ text: String) -> (number: Int, isNew: Bool) {
    if let number = self[text] { return (number, false) }
    self[text] = count
    return (count - 1, true)
  }
}

extension RunHistory {
  package func page(
    after sequence: Int, atMost count: Int, _ known: inout HistoryPage.Known
  ) throws(StoreError) -> HistoryPage {
    let all = try records()
    let trained = Dictionary(
      all.compactMap { record -> (CheckpointID, Int)? in
        guard case .interval(let interval) = record, interval.kind == .train else { return nil }
        return interval.end.map { ($0, interval.sequence) }
      }
    ) { $1 }
    var page = HistoryPage(end: all.last?.sequence ?? 0, isFull: false)
    for record in all where record.sequence > sequence {
      if let last = page.points.last, page.points.count == count {
        (page.end, page.isFull) = (last.sequence, true)
        break
      }
      switch record {
      case .interval(let interval): page.add(interval, parent: interval.start.flatMap { trained[$0] }, &known)
      case .attempt(let attempt):
        page.failures.append(.init(sequence: attempt.sequence, member: attempt.member, at: attempt.at))
      case .event(let event):
        page.moments.append(.init(sequence: event.sequence, kind: event.kind, at: event.at))
      case .decision, .collection: break
      }
    }
    return page
  }
}

extension HistoryPage {
  fileprivate mutating func add(_ interval: Interval, parent: Int?, _ known: inout Known) {
    let text = interval.hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let values = known.values(text.joined(separator: "\n"))
    if values.isNew { newValues.append(interval.hyperparameters) }
    metrics = interval.metrics.keys.sorted()
    points.append(
      Point(
        sequence: interval.sequence, member: interval.member, parent: parent, kind: interval.kind,
        outcome: interval.outcome, startSteps: interval.startSteps, steps: interval.steps,
        startAge: interval.startAge, endAge: interval.endAge, score: interval.score, selection: interval.selection,
        values: values.number, worker: known.worker(interval.worker), startedAt: interval.startedAt,
        finishedAt: interval.finishedAt))
  }
}
