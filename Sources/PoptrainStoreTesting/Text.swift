package import PopulationBasedTraining
internal import PoptrainStore

// Records and members as text. Unlike `==`, text says that two metrics which are not a number are the same.

package func text(_ values: Hyperparameters) -> String {
  values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
}

package func text(_ metrics: [String: Double]) -> String {
  metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
}

package func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "-" }

package func text(_ member: Member) -> String {
  """
  member \(member.id) \(member.state) steps \(member.steps) age \(member.age) \(text(member.checkpoint)) \
  [\(text(member.hyperparameters))] \
  \(member.published.map(text) ?? "-") \(member.intervals) \(member.decisions) \(member.failures)
  """
}

package func text(_ published: Published) -> String {
  """
  published \(published.score) \(published.tie) \(published.checkpoint) [\(text(published.hyperparameters))] \
  \(published.age) \(published.sequence)
  """
}

package func text(_ interval: Interval) -> String {
  """
  interval \(interval.sequence) of \(interval.member) number \(interval.number) \(interval.kind) \(interval.outcome) \
  \(text(interval.start)) -> \(text(interval.end)) steps \(interval.startSteps)+\(interval.steps) age \
  \(interval.startAge) [\(text(interval.hyperparameters))] score \(text(interval.score)) tie \(interval.tie) \
  [\(text(interval.metrics))] [\(interval.evaluations.map { "\($0.age) \(text($0.metrics))" })] seed \(interval.seed) \
  token \(text(interval.token)) \(interval.worker) \(text(interval.message)) \(text(interval.log)) \
  \(interval.startedAt)...\(interval.finishedAt)
  """
}

package func text(_ decision: Decision) -> String {
  """
  decision \(decision.sequence) of \(decision.member) ordinal \(decision.ordinal) saw \(decision.saw) \
  \(decision.result) because \(decision.reason) by \(decision.rule) own \(text(decision.ownScore)) threshold \
  \(text(decision.threshold)) [\(text(decision.hyperparameters))]
  """
}

package func text(_ record: HistoryRecord) -> String {
  switch record {
  case .interval(let interval): text(interval)
  case .decision(let decision): text(decision)
  case .attempt(let attempt): "\(attempt)"
  case .collection(let sequence, let checkpoint): "collection \(sequence) \(checkpoint)"
  case .event(let event): "\(event)"
  }
}

extension [HistoryRecord] {
  /// The same history as if nothing but members had a part in it: a database also records that engines were started.
  package var withoutEvents: [HistoryRecord] {
    let kept = filter { if case .event = $0 { false } else { true } }
    let events = compactMap { if case .event(let event) = $0 { event.sequence } else { nil } }
    func renumbered(_ sequence: Int) -> Int { sequence - events.count { $0 <= sequence } }
    return kept.enumerated().map { position, record in
      switch record {
      case .interval(var interval):
        interval.sequence = position + 1
        return .interval(interval)
      case .decision(var decision):
        decision.sequence = position + 1
        decision.saw = renumbered(decision.saw)
        if case .inherit(var donor) = decision.result {
          donor.sequence = renumbered(donor.sequence)
          decision.result = .inherit(donor)
        }
        return .decision(decision)
      case .attempt(var attempt):
        attempt.sequence = position + 1
        return .attempt(attempt)
      case .collection(_, let checkpoint):
        return .collection(sequence: position + 1, checkpoint: checkpoint)
      case .event:
        return record
      }
    }
  }
}
