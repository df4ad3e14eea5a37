import PopulationBasedTraining
import PoptrainStore

@testable import PoptrainSimulation

/// A store that remembers what it has leased.
struct TrackedStore: WrappedStore {
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
}
