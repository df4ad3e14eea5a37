internal import PopulationBasedTraining
internal import PoptrainStore

/// The store as a worker sees it: at the other end of a network that delays, repeats, reorders and loses.
final class StoreClient: PopulationStore {
  private let universe: Universe
  private let process: SimulatedProcess
  /// How many seconds it waits for an answer, and how often it asks.
  private static let patience = 10.0
  private static let attempts = 4

  init(_ universe: Universe, for process: SimulatedProcess) {
    self.universe = universe
    self.process = process
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    try await ask("lease") { store throws(StoreError) in try await store.lease(request) }
  }

  func heartbeat(_ token: String) async throws(StoreError) {
    try await ask("heartbeat") { store throws(StoreError) in try await store.heartbeat(token) }
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    try await ask("complete") { store throws(StoreError) in try await store.complete(reports, then: request) }
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    try await ask("fail") { store throws(StoreError) in try await store.fail(report) }
  }

  func release(_ token: String) async throws(StoreError) {
    try await ask("release") { store throws(StoreError) in try await store.release(token) }
  }

  func end(because reason: Population.Ending) async throws(StoreError) {
    try await ask("end") { store throws(StoreError) in try await store.end(because: reason) }
  }

  func warn(_ message: String) async throws(StoreError) {
    try await ask("warn") { store throws(StoreError) in try await store.warn(message) }
  }

  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await ask("records") { store throws(StoreError) in try await store.records(after: sequence) }
  }

  // Questions of people, who ask again; nothing rests on them.
  func population() async -> Population { await universe.state.server.store.population() }

  func waitForChange(after version: Int) async {
    guard !process.isDead else { return }
    await universe.state.server.store.waitForChange(after: version)
  }

  // MARK: Messages

  private func ask<Answer: Sendable>(
    _ name: String,
    _ question: @escaping @Sendable (any PopulationStore) async throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    for _ in 1...StoreClient.attempts {
      guard !process.isDead else { break }
      if universe.happens(.storeUnavailable, 0.01, process.name) { throw .unavailable("the store is away") }
      let reply = Reply<Answer>()
      send(name, question, reply)
      if universe.happens(.messageDuplicated, 0.05, process.name) { send(name, question, reply) }
      universe.scheduler.after(StoreClient.patience) { reply.give(nil) }
      if let answer = await reply.wait(), !process.isDead { return try answer.get() }
    }
    throw .unavailable("the store did not answer")
  }

  private func send<Answer: Sendable>(
    _ name: String, _ question: @escaping @Sendable (any PopulationStore) async throws(StoreError) -> Answer,
    _ reply: Reply<Answer>
  ) {
    if universe.happens(.requestLost, 0.02, process.name) { return }
    universe.state.messages += 1
    let number = universe.state.messages
    universe.scheduler.after(universe.delay()) { [universe, process] in
      let server = universe.state.server
      guard !server.process.isDead else { return }
      let isLate = server.receive(number: number) {
        let answer: Result<Answer, StoreError>
        do throws(StoreError) {
          answer = .success(try await question(server.store))
        } catch {
          answer = .failure(error)
        }
        guard !server.process.isDead else { return }
        universe.note(process.name, "\(name) → \(traced(answer))")
        if ["complete", "fail", "release", "lease"].contains(name), universe.happens(.answerLost, 0.03, process.name) {
          return
        }
        universe.scheduler.after(universe.delay()) { reply.give(answer) }
      }
      if isLate { universe.count(.messageReordered, process.name) }
    }
  }
}
