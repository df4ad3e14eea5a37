import PopulationBasedTraining
import PoptrainStore

@testable import PoptrainSimulation

/// A store that remembers what it has leased.
struct TrackedStore: PopulationStore {
  let base: InMemoryStore
  let leases = OneThread(Leases())

  struct Leases {
    /// The leases that were granted and have not ended, by token.
    var open: [String: Lease] = [:]
    /// The members of all tokens.
    var members: [String: Member.ID] = [:]
  }

  private func granted(_ grant: Grant?) {
    guard case .leases(let granted)? = grant else { return }
    for lease in granted {
      leases.open[lease.token] = lease
      leases.members[lease.token] = lease.member
    }
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = await base.lease(request)
    granted(grant)
    return grant
  }

  func heartbeat(_ token: String) async throws(StoreError) { try await base.heartbeat(token) }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    let completions = await base.complete(reports, then: request)
    for (report, completion) in zip(reports, completions) {
      guard let completion else { continue }
      leases.open[report.token] = nil
      granted(completion.grant)
    }
    return completions
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    let completion = try await base.fail(report)
    leases.open[report.token] = nil
    return completion
  }

  func release(_ token: String) async throws(StoreError) {
    try await base.release(token)
    leases.open[token] = nil
  }

  func end(because reason: Population.Ending) async throws(StoreError) { await base.end(because: reason) }
  func warn(_ message: String) async throws(StoreError) { await base.warn(message) }
  func waitForChange(after version: Int) async { await base.waitForChange(after: version) }
  func population() async -> Population { await base.population() }
  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    await base.records(after: sequence)
  }
}
