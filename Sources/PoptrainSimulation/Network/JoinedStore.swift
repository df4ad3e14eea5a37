internal import PopulationBasedTraining
internal import PoptrainStore

/// The store of a process that shares a log. What it answers is checked: the log must say so.
struct JoinedStore<Base: PopulationStore>: WrappedStore {
  let base: Base
  let universe: Universe
  let process: SimulatedProcess

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = try await base.lease(request)
    await look { watch throws(Violation) in try watch.log.look(at: grant) }
    return grant
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    let completions = try await base.complete(reports, then: request)
    await look { watch throws(Violation) in
      for (report, completion) in zip(reports, completions) {
        guard let completion else { continue }
        // What a trainer reports may be NaN, which is not even the same as itself.
        guard let recorded = watch.history.intervalByToken[report.token],
          recorded.sequence == completion.interval?.sequence
        else {
          throw Violation(
            invariant: "I4", message: "\(report.token) was answered, but what it completed is not in the log")
        }
        if let grant = completion.grant { try watch.log.look(at: grant) }
      }
    }
    return completions
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    let completion = try await base.fail(report)
    await look()
    return completion
  }

  func release(_ token: String) async throws(StoreError) {
    try await base.release(token)
    await look { watch throws(Violation) in
      guard !watch.leases.isLive(token) else {
        throw Violation(invariant: "I3", message: "\(token) was given back, but is live in the log")
      }
    }
  }

  /// Checks an answer, and that the process has the population that the log makes.
  private func look(_ body: (Watch) throws(Violation) -> Void = { _ in }) async {
    let population = await base.population()
    guard !process.isDead else { return }
    universe.check { watch throws(Violation) in
      try body(watch)
      try watch.log.compare(population)
    }
  }
}
