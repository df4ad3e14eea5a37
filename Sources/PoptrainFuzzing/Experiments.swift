internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainStore

func enterExperiment(_ bytes: [UInt8]) throws(Objection) {
  guard let text = String(validating: bytes, as: UTF8.self) else { return }
  let experiment: Experiment
  do { experiment = try ExperimentFile.parse(text: text, path: "experiment.yaml") } catch {
    let lines = text.count { $0.isNewline } + 2
    try expect(!error.findings.isEmpty, "it was refused without a reason")
    for finding in error.findings {
      try expect(finding.place.map { (1...lines).contains($0.line) } ?? true, "a place that is not there: \(finding)")
    }
    return
  }
  let again: Experiment
  do { again = try ExperimentFile.parse(text: experiment.yaml, path: "experiment.yaml") } catch {
    throw Objection("what was written is refused: \(error)\n\(experiment.yaml)")
  }
  try expect(again == experiment, "what was written means something else:\n\(experiment.yaml)")
  try train(experiment, bytes)
}

/// Has the store train a few intervals whose scores the bytes decide, and checks every record as an audit does.
private func train(_ experiment: Experiment, _ bytes: [UInt8]) throws(Objection) {
  let rules = experiment.rules
  guard rules.populationSize <= 16 else { return }
  var audited = Population(rules: rules)
  var ledger = Ledger(
    population: audited, trained: [],
    surroundings: Ledger.Surroundings(monotonicNow: { 0 }, wallNow: { 0 }, makeToken: { "token" }))
  ledger.revise(rules, experiment: "")
  for position in 0..<60 {
    for record in ledger.takeChanges().records {
      if let objection = audited.objection(to: record) { throw Objection("\(record): \(objection)") }
      if case .decision(let decision) = record { try examine(decision, rules.space) }
      audited.apply(record)
      if case .event(let event) = record, event.kind == .revised { audited.revise(rules) }
    }
    try expect(audited.members == ledger.population.members, "an audit finds other members")
    guard case .leases(let leases) = ledger.lease(LeaseRequest(worker: "", capacity: 1)) else { return }
    for lease in leases {
      try expect(lease.steps > 0 || lease.kind == .evaluate, "an interval has \(lease.steps) steps")
      let report = report(lease, bytes[position % bytes.count])
      try expect(ledger.complete([report], then: nil)[0] != nil, "a live lease is superseded")
    }
  }
}

private func report(_ lease: Lease, _ byte: UInt8) -> IntervalReport {
  let metric =
    switch byte {
    case 0: Double.nan
    case 1: -Double.infinity
    case 2: Double.greatestFiniteMagnitude
    default: Double(byte) - 128
    }
  let steps = byte % 8 == 7 ? max(1, lease.steps / 2) : lease.steps
  return IntervalReport(
    token: lease.token, result: byte == 3 ? .invalid("") : .trained(steps: steps, metric: metric), startedAt: 0)
}

/// Every member has values that it may have.
private func examine(_ decision: Decision, _ space: Space) throws(Objection) {
  for hyperparameter in space.hyperparameters {
    let value = decision.hyperparameters[hyperparameter.name]
    try expect(
      value.map(hyperparameter.domain.contains) ?? false,
      "\(hyperparameter.name) of member \(decision.member) is \(String(describing: value))")
  }
}
