package import PopulationBasedTraining

/// A store that does what its base does, but for what it does itself, such as to check the answers.
package protocol WrappedStore: PopulationStore {
  associatedtype Base: PopulationStore
  var base: Base { get }
}

extension WrappedStore {
  package func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant { try await base.lease(request) }
  package func heartbeat(_ token: String) async throws(StoreError) { try await base.heartbeat(token) }

  package func complete(
    _ reports: [IntervalReport], then request: LeaseRequest?
  ) async throws(StoreError) -> [Completion?] {
    try await base.complete(reports, then: request)
  }

  package func fail(_ report: FailureReport) async throws(StoreError) -> Completion { try await base.fail(report) }
  package func release(_ token: String) async throws(StoreError) { try await base.release(token) }
  package func end(because reason: Population.Ending) async throws(StoreError) { try await base.end(because: reason) }
  package func warn(_ message: String) async throws(StoreError) { try await base.warn(message) }
  package func waitForChange(after version: Int) async { await base.waitForChange(after: version) }
  package func population() async -> Population { await base.population() }
  package func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await base.records(after: sequence)
  }
}
