internal import Foundation
package import PopulationBasedTraining
package import PoptrainStore

/// Another store, of which every question and every answer passes through bytes, as over a network.
package struct MessageDatabase: RunDatabase {
  private let base: any RunDatabase

  /// Sends everything to a store.
  package init(_ base: any RunDatabase) {
    self.base = base
  }

  package func identity() throws(StoreError) -> RunIdentity? {
    try sent(try base.identity())
  }

  package func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    MessageStore(base: try await base.open(opening))
  }

  package func history(space: Space) throws(StoreError) -> any RunHistory {
    try base.history(space: space)
  }
}

private struct MessageStore: RunStore {
  let base: any RunStore

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    try await answer { () async throws(StoreError) in try await base.lease(sent(request)) }
  }

  func heartbeat(_ token: String) async throws(StoreError) {
    try await base.heartbeat(sent(token))
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    try await answer { () async throws(StoreError) in try await base.complete(sent(reports), then: sent(request)) }
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    try await answer { () async throws(StoreError) in try await base.fail(sent(report)) }
  }

  func release(_ token: String) async throws(StoreError) {
    try await base.release(sent(token))
  }

  func end(because reason: Population.Ending) async throws(StoreError) {
    try await base.end(because: sent(reason))
  }

  func warn(_ message: String) async throws(StoreError) {
    try await base.warn(sent(message))
  }

  func waitForChange(after version: Int) async {
    await base.waitForChange(after: version)
  }

  func population() async -> Population {
    await base.population()
  }

  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await answer { () async throws(StoreError) in try await base.records(after: sequence) }
  }

  func identity() async throws(StoreError) -> RunIdentity {
    try await answer { () async throws(StoreError) in try await base.identity() }
  }

  func secondsSpent() async throws(StoreError) -> Double {
    try await base.secondsSpent()
  }

  func presentCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await answer { () async throws(StoreError) in try await base.presentCheckpoints() }
  }

  func neededCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await answer { () async throws(StoreError) in try await base.neededCheckpoints() }
  }

  func close() async throws(StoreError) {
    try await base.close()
  }

  private func answer<Answer: Codable>(
    _ question: () async throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    do throws(StoreError) {
      return try sent(try await question())
    } catch {
      throw try sent(error)
    }
  }
}

/// A message as it arrives.
private func sent<Message: Codable>(_ message: Message) throws(StoreError) -> Message {
  let encoder = JSONEncoder()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return try decoder.decode(Message.self, from: encoder.encode(message))
  } catch {
    throw .unavailable("a message cannot be sent: \(error)")
  }
}
