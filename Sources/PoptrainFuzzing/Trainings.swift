internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// An experiment with a hyperparameter of each kind.
private let everyKind: Experiment = {
  let text = """
    trainer: {command: [python3]}
    metric: value
    mode: max
    steps: 20
    interval: 10
    hyperparameters:
      rate: {log_uniform: [1e-5, 1]}
      share: {uniform: [0, 1]}
      layers: {integer: [1, 8]}
      size: {ordered: [16, 32, 64]}
      kind: {choice: [a, b]}
      fixed: 3
    """
  do { return try ExperimentFile.parse(text: text, path: "experiment.yaml") } catch { preconditionFailure("\(error)") }
}()

let everyDomain = everyKind.rules.space

private func assignment(_ id: String, _ member: Member.ID, _ kind: Interval.Kind = .train) -> Assignment {
  let decision = initialDecision(member, in: Population(rules: everyKind.rules))
  return Assignment(
    id: id, member: member, number: 1, kind: kind, ages: 0..<10, totalSteps: 20, memberSteps: 0, donor: nil, seed: 7,
    hyperparameters: decision.hyperparameters, checkpoint: nil, parent: nil, saveTo: "/nowhere")
}

func enterSession(_ bytes: [UInt8]) throws(Objection) {
  let batch = [assignment("0-1-t", 0), assignment("1-1-t", 1, .evaluate)]
  var answers = Answers(to: batch)
  do {
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) where !answers.areComplete
    {
      let reached = try answers.take(TrainerMessage(line: Array(line)))
      try expect(reached.map { batch.indices.contains($0.position) && $0.age >= 0 } ?? true, "an age that cannot be")
    }
    answers.fail(TrainerFailure(.exited, "it has said nothing more"))
  } catch let failure as TrainerFailure {
    answers.fail(failure)
  } catch let objection as Objection {
    throw objection
  } catch {
    throw Objection("\(error)")
  }
  try expect(answers.outcomes.count == batch.count, "an interval is not answered")
  for (outcome, assignment) in zip(answers.outcomes, batch) {
    if case .trained(let trained) = outcome { try examine(trained, assignment) }
  }
}

func enterPrinted(_ bytes: [UInt8]) throws(Objection) {
  guard let report = try? TrainerReport(printed: String(decoding: bytes, as: UTF8.self)) else { return }
  try examine(report)
}

func enterResult(_ bytes: [UInt8]) throws(Objection) {
  guard let report = try? TrainerReport(resultFile: String(decoding: bytes, as: UTF8.self)) else { return }
  try examine(report)
}

private func examine(_ report: TrainerReport) throws(Objection) {
  for kind in [Interval.Kind.train, .evaluate] {
    let assignment = assignment("0-1-t", 0, kind)
    if let trained = try? report.trained(assignment, logged: []) { try examine(trained, assignment) }
  }
}

private func examine(_ trained: TrainedInterval, _ assignment: Assignment) throws(Objection) {
  try expect(trained.steps > 0 || assignment.kind == .evaluate, "it trained \(trained.steps) steps")
  try expect((0...HistoryRecord.largestCount).contains(trained.steps), "it trained \(trained.steps) steps")
}
