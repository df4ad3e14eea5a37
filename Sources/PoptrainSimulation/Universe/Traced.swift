internal import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainTrainers
internal import PoptrainWorker

// What a person reads of a simulation, each in a line.

/// The answer of the store.
func traced<Answer>(_ answer: Result<Answer, StoreError>) -> String {
  switch answer {
  case .failure(let error): "\(error)"
  case .success(let grant as Grant): traced(grant)
  case .success(let completion as Completion): traced(completion)
  case .success(let completions as [Completion?]):
    completions.map { $0.map(traced) ?? "superseded" }.joined(separator: "; ")
  case .success: "done"
  }
}

/// What a worker tells.
func traced(_ news: Worker.News) -> String {
  switch news {
  case .began(let lease): "begins \(traced(lease)) from \(lease.start?.description ?? "nothing")"
  case .progress(let lease, let age): "trains \(traced(lease)), age \(age)"
  case .reported(let trained, let lease):
    "\(traced(lease)) reported \(trained.steps) steps, never read \(trained.unread.joined(separator: ", "))"
  case .failed(let lease, let failure, let isReplaced):
    "\(traced(lease)) failed: \(failure.message)\(isReplaced ? "; it is given up" : "")"
  case .recorded(let completion): "knows of \(traced(completion))"
  case .paused(let message): "waits: \(message)"
  case .resumed: "goes on"
  }
}

private func traced(_ lease: Lease) -> String {
  "member \(lease.member), interval \(lease.number) (\(lease.token.prefix(6)))"
}

private func traced(_ grant: Grant) -> String {
  switch grant {
  case .leases(let leases): leases.map(traced).joined(separator: "; ")
  case .wait: "wait"
  case .finished: "finished"
  case .aborted(let reason): "aborted: \(reason)"
  }
}

private func traced(_ completion: Completion) -> String {
  var parts = ["record \(completion.sequence)"]
  if let interval = completion.interval {
    let score = interval.selection.map { ", score \($0)" } ?? ""
    parts.append("member \(interval.member), interval \(interval.number) \(interval.outcome.rawValue)\(score)")
  }
  for decision in completion.decisions {
    let donor = decision.result.donor.map { " member \($0.member)" } ?? ""
    parts.append("member \(decision.member): \(decision.result.name)\(donor), \(decision.reason)")
  }
  if !completion.collected.isEmpty {
    parts.append("collected \(completion.collected.map(\.description).joined(separator: ", "))")
  }
  if let grant = completion.grant { parts.append("next: \(traced(grant))") }
  return parts.joined(separator: "; ")
}
