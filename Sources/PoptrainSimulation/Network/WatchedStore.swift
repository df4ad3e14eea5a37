internal import PopulationBasedTraining
internal import PoptrainStore

/// A store whose every call is looked at: what it did is checked against all invariants before it is answered.
final class WatchedStore: PopulationStore {
  private let base: any PopulationStore
  private let universe: Universe
  private let process: SimulatedProcess

  init(_ base: any PopulationStore, in process: SimulatedProcess, of universe: Universe) {
    self.base = base
    self.process = process
    self.universe = universe
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = try await base.lease(request)
    await look { watch throws(Violation) in try watch.granted(grant, at: self.universe.scheduler.now) }
    return grant
  }

  func heartbeat(_ token: String) async throws(StoreError) {
    try await base.heartbeat(token)
    await look { watch throws(Violation) in
      try watch.leases.accepted("heartbeat", token, isOver: false, at: self.universe.scheduler.now)
    }
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    let earlier = reports.map { process.isDead ? nil : universe.watch.history.intervalByToken[$0.token] }
    let completions = try await base.complete(reports, then: request)
    await look { watch throws(Violation) in
      for (position, report) in reports.enumerated() {
        guard let completion = completions[position] else { continue }
        try self.check(completion, of: report.token, after: earlier[position], &watch)
      }
    }
    return completions
  }

  private func check(
    _ completion: Completion, of token: String, after earlier: Interval?, _ watch: inout Watch
  ) throws(Violation) {
    let now = universe.scheduler.now
    if let earlier {
      guard completion.interval == earlier, completion.grant == nil else {
        throw Violation(invariant: "I3", message: "completing \(token) again was not answered as before")
      }
    } else {
      try watch.leases.accepted("complete", token, isOver: true, at: now)
      guard watch.history.intervalByToken[token]?.sequence == completion.interval?.sequence else {
        throw Violation(invariant: "I4", message: "\(token) was answered, but what it completed is not recorded")
      }
    }
    if let grant = completion.grant { try watch.granted(grant, at: now) }
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    let completion = try await base.fail(report)
    await look { watch throws(Violation) in
      let lease = watch.leases.lease(report.token)
      try watch.leases.accepted("fail", report.token, isOver: true, at: self.universe.scheduler.now)
      if let lease { try watch.batches.failed(lease, because: report.reason.rawValue) }
    }
    return completion
  }

  func release(_ token: String) async throws(StoreError) {
    try await base.release(token)
    await look { watch throws(Violation) in
      try watch.leases.accepted("release", token, isOver: true, at: self.universe.scheduler.now)
    }
  }

  func end(because reason: Population.Ending) async throws(StoreError) {
    try await base.end(because: reason)
    await look { _ in }
  }

  func warn(_ message: String) async throws(StoreError) {
    try await base.warn(message)
    await look { _ in }
  }

  func waitForChange(after version: Int) async { await base.waitForChange(after: version) }
  func population() async -> Population { await base.population() }
  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await base.records(after: sequence)
  }

  /// Takes over what the store has recorded, and checks everything.
  func look(_ body: (inout Watch) throws(Violation) -> Void = { _ in }) async {
    let population = await base.population()
    guard !process.isDead, let records = try? await base.records(after: universe.state.history.count),
      !process.isDead
    else { return }
    universe.check { watch throws(Violation) in
      for record in records { try watch.history.take(record) }
      universe.state.history += records
      try body(&watch)
      watch.isFinished = population.isFinished
      try watch.look(at: population, on: universe.disk)
    }
  }
}
