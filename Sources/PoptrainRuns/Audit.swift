internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainStore

/// What came of checking a run: its history, its decisions, and the folder against both.
package struct Audit: Sendable {
  /// How many decisions were recomputed.
  package internal(set) var decisions = 0
  /// How many intervals history has.
  package internal(set) var intervals = 0
  /// How many checkpoints were compared with their manifests.
  package internal(set) var checkpoints = 0
  /// What is wrong.
  package internal(set) var findings: [Finding] = []
  /// What a crash may leave, and the next start of the run puts right, and lost output of trainers.
  package internal(set) var notes: [Finding] = []

  /// Something that is not as it was written.
  package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Where.
    package let place: String
    /// What is there, and what should be.
    package let what: String
    /// What to do.
    package let remedy: String

    /// The finding in one line.
    package var description: String { "\(place): \(what); \(remedy)" }
  }

  mutating func find(_ place: String, _ what: String, remedy: String = Audit.fromBackup) {
    findings.append(Finding(place: place, what: what, remedy: remedy))
  }

  mutating func note(_ place: String, _ what: String, remedy: String = Audit.nextStart) {
    notes.append(Finding(place: place, what: what, remedy: remedy))
  }

  private static let fromBackup = "restore the run from a backup, or undo what was changed by hand"
  static let nextStart = "the next start of the run repairs it"
}

extension RecordedRun {
  /// Checks everything that the run has recorded, and everything in its folder, without trusting the engine's bookkeeping.
  ///
  /// - Throws: where the database cannot be read, or holds what cannot have been written.
  package func audit() throws(RunError) -> Audit {
    let isRunning = isRunning
    let contents = try reading { () throws(StoreError) in try history.contents(rules: experiment.rules) }
    var audit = Audit()
    for defect in contents.defects { audit.find("population.sqlite", defect) }
    if let folded = try fold(contents.records, into: &audit) {
      compare(contents, with: folded, into: &audit)
      try decideAgain(contents.records, into: &audit)
    }
    try checkFiles(contents, isRunning: isRunning, into: &audit)
    return audit
  }

  /// The rules of the run from an event on.
  private func rules(of revision: Event) throws(RunError) -> Rules {
    try Experiment(recorded: revision.what.detail, in: directory).rules
  }

  /// The population before anything happened.
  private func empty(before records: [HistoryRecord]) throws(RunError) -> Population {
    for case .event(let event) in records where event.kind == .revised {
      return Population(rules: try rules(of: event))
    }
    return Population(rules: experiment.rules)
  }

  private func apply(_ record: HistoryRecord, to population: inout Population) throws(RunError) {
    population.apply(record)
    if case .event(let event) = record, event.kind == .revised { population.revise(try rules(of: event)) }
  }

  /// What history makes of the population; none where it cannot have happened.
  private func fold(_ records: [HistoryRecord], into audit: inout Audit) throws(RunError) -> Population? {
    var population = try empty(before: records)
    for record in records {
      if let objection = population.objection(to: record) ?? population.objection(toScoreOf: record) {
        audit.find("history, sequence \(record.sequence)", "it cannot have happened: \(objection)")
        return nil
      }
      try apply(record, to: &population)
    }
    return population
  }

  /// Compares the tables of now with what history says.
  private func compare(_ contents: RunContents, with folded: Population, into audit: inout Audit) {
    var now = contents.population
    let held = Set(contents.leases.map(\.member))
    for member in now.members where member.state == .leased {
      if !held.contains(member.id) { audit.find("member \(member.id)", "it is leased, but there is no lease") }
      now.setLeased(member.id, false)
    }
    if held.count != contents.leases.count { audit.find("table leases", "a member has two live leases") }
    for lease in contents.leases {
      guard contents.population.members.indices.contains(lease.member),
        contents.population.members[lease.member].state == .leased
      else {
        audit.find("lease \(lease.token)", "member \(lease.member) is not leased")
        continue
      }
      let number = folded.members.indices.contains(lease.member) ? folded.members[lease.member].intervals + 1 : 0
      if lease.checkpoint != CheckpointID(member: lease.member, number: number, token: lease.token) {
        audit.find("lease \(lease.token)", "it reserves \(lease.checkpoint)")
      }
    }
    func expect(_ place: String, _ found: some Equatable, _ expected: some Equatable) {
      if "\(found)" != "\(expected)" {
        audit.find(place, "the tables of now have \(found), history makes it \(expected)")
      }
    }
    expect("table members", now.members.count, folded.members.count)
    for (member, expected) in zip(now.members, folded.members) where member != expected {
      audit.find(
        "member \(member.id)",
        "it is not what history makes of it: "
          + Self.differences(member, expected).map(\.field).joined(separator: ", "))
    }
    expect("table run, best", now.best?.published.sequence ?? 0, folded.best?.published.sequence ?? 0)
    expect("table run, first_scored_age", now.firstScoredAge ?? -1, folded.firstScoredAge ?? -1)
    expect("table run, completed_intervals", now.completedIntervals, folded.completedIntervals)
    expect("table run, intervals_since_best", now.intervalsSinceBest, folded.intervalsSinceBest)
    expect("table run, intervals_since_restart", now.intervalsSinceRestart, folded.intervalsSinceRestart)
  }

  /// Makes every decision of the run again, on the population that history says it saw, and compares.
  private func decideAgain(_ records: [HistoryRecord], into audit: inout Audit) throws(RunError) {
    let first = try empty(before: records).rules
    guard
      let (recorded, again) = try Recomputation.difference(in: records, beganWith: first, rules: rules(of:))
    else {
      audit.decisions = records.count { if case .decision = $0 { true } else { false } }
      return
    }
    let differences = again.map { again in
      Self.differences(recorded, again).map { field, recorded, recomputed in
        "\n  \(field): recorded \(recorded), recomputed \(recomputed)"
      }.joined()
    }
    audit.find(
      "decision \(recorded.ordinal) of member \(recorded.member) (sequence \(recorded.sequence))",
      differences.map { "it comes out differently:" + $0 } ?? "it could not be made")
  }

  /// The fields in which two values of one type differ.
  private static func differences<Value>(
    _ one: Value, _ other: Value
  ) -> [(field: String, one: String, other: String)] {
    zip(Mirror(reflecting: one).children, Mirror(reflecting: other).children).compactMap { one, other in
      let (first, second) = ("\(one.value)", "\(other.value)")
      return first == second ? nil : (one.label ?? "", first, second)
    }
  }
}

extension Population {
  /// Why a record has not the score that its metrics make; none where it has.
  fileprivate func objection(toScoreOf record: HistoryRecord) -> String? {
    guard case .interval(let interval) = record, interval.outcome.isTrained else { return nil }
    func differs(_ what: String, _ found: Double?, _ expected: Double?) -> String? {
      func shown(_ value: Double?) -> String { value.map { "\($0)" } ?? "missing" }
      return found == expected ? nil : "its \(what) is \(shown(found)), and its metrics make it \(shown(expected))"
    }
    return differs("score", interval.score, interval.metrics[rules.metric].flatMap(rules.score(ofMetric:)))
      ?? differs("selection", interval.selection, selection(of: interval))
  }
}
