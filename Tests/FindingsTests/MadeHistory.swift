import PopulationBasedTraining

@testable import PoptrainFindings

/// A history that is written down instead of trained.
struct MadeHistory {
  var rules = Rules(
    populationSize: 4, steps: 100, interval: 10, mode: .max, space: Space([Hyperparameter("rate", .uniform(0, 1))]))
  private(set) var records: [HistoryRecord] = []
  private var models: [Member.ID: CheckpointID] = [:]
  private var ages: [Member.ID: Int] = [:]
  private var steps: [Member.ID: Int] = [:]
  private var counts: [Member.ID: Int] = [:]
  private var decisions: [Member.ID: Int] = [:]
  private var next: Int { records.count + 1 }

  init(members: Int = 4) {
    rules.populationSize = members
    for member in 0..<members { decide(member, .stay) }
  }

  mutating func decide(_ member: Member.ID, _ result: Decision.Result) {
    let ordinal = decisions[member].map { $0 + 1 } ?? 0
    decisions[member] = ordinal
    records.append(
      .decision(
        Decision(
          sequence: next, member: member, ordinal: ordinal, saw: next - 1, result: result, reason: "", rule: "",
          ownScore: nil, threshold: nil, hyperparameters: ["rate": .number(0.5)])))
  }

  /// A member trains ten steps; the sequence.
  @discardableResult
  mutating func train(
    _ member: Member.ID, score: Double?, outcome: Interval.Outcome = .completed, rate: Double = 0.5,
    worker: String = "worker", at times: (Double, Double) = (0, 0)
  ) -> Int {
    counts[member, default: 0] += 1
    let isSaved = ![.forfeited, .invalid].contains(outcome)
    let end = CheckpointID(member: member, number: counts[member, default: 0], token: "t")
    records.append(
      .interval(
        Interval(
          sequence: next, member: member, number: counts[member, default: 0], kind: .train, outcome: outcome,
          start: models[member], end: isSaved ? end : nil, startSteps: steps[member, default: 0], steps: 10,
          startAge: ages[member, default: 0], hyperparameters: ["rate": .number(rate)], score: score, selection: score,
          tie: UInt64(next), metrics: [:], evaluations: [], seed: 0, token: isSaved ? "t" : nil, worker: worker,
          message: nil, log: nil, startedAt: times.0, finishedAt: times.1)))
    steps[member, default: 0] += 10
    if isSaved {
      models[member] = end
      ages[member, default: 0] += 10
    }
    return records.count
  }

  /// A member copies what another has.
  mutating func copy(_ donor: Member.ID, to member: Member.ID, of sequence: Int) {
    guard let checkpoint = models[donor] else { return }
    let age = ages[donor, default: 0]
    decide(
      member,
      .inherit(Decision.Donor(member: donor, sequence: sequence, checkpoint: checkpoint, age: age, score: 0)))
    models[member] = checkpoint
    ages[member] = age
  }

  mutating func fail(_ member: Member.ID, _ reason: FailureReason, at time: Double = 0) {
    records.append(
      .attempt(
        Attempt(
          sequence: next, member: member, number: counts[member, default: 0] + 1, reason: reason, message: "",
          logTail: "", token: "t", worker: "worker", log: nil, at: time)))
  }

  mutating func start(at time: Double) {
    records.append(.event(Event(sequence: next, .started(folder: "/"), at: time)))
  }

  func findings() -> [Finding] { Findings.of(records, rules: rules, folder: "runs/made") }

  func finding(_ kind: Finding.Kind) -> Finding? { findings().first { $0.kind == kind } }
}
