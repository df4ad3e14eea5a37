internal import Foundation
internal import PoptrainSharedLog
internal import PoptrainStore

/// A shared log as a process sees it: at the other end of a network that delays, repeats, loses and hides, and that may be
/// cut. Between two calls, the process may be killed, or sleep for longer than others believe that it lives.
final class LogConnection: WrappedLog, CustomStringConvertible {
  let base: any EntryLog
  private let universe: Universe
  private let process: SimulatedProcess
  /// How many seconds it waits for an answer.
  private static let patience = 10.0

  init(_ universe: Universe, _ base: any EntryLog, for process: SimulatedProcess) {
    self.universe = universe
    self.base = base
    self.process = process
  }

  var description: String { "\(base)" }

  // MARK: Writing

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    guard !universe.disk.isFull else { throw .refused(.diskFull(path: description)) }
    return try await ask("entry \(number)") { [base] () async throws(LogFailure) in
      try await base.create(number, contents, isDurable: isDurable)
    }
  }

  func beat(_ process: String, _ count: Int) async throws(LogFailure) {
    try await ask("beat \(count)") { [base] () async throws(LogFailure) in try await base.beat(process, count) }
  }

  func leave(_ process: String) async throws(LogFailure) {
    try await ask("leave") { [base] () async throws(LogFailure) in try await base.leave(process) }
  }

  private func ask<Answer: Sendable>(
    _ name: String, _ request: @escaping @Sendable () async throws(LogFailure) -> Answer
  ) async throws(LogFailure) -> Answer {
    try begin()
    let reply = Reply<Answer>()
    send(name, request, reply)
    if universe.happens(.messageDuplicated, 0.1, process.name) { send(name, request, reply) }
    universe.scheduler.after(LogConnection.patience) { reply.give(nil) }
    let answer = await reply.wait()
    try end()
    guard case .success(let answer)? = answer else { throw .noAnswer("the log did not answer") }
    return answer
  }

  private func send<Answer: Sendable>(
    _ name: String, _ request: @escaping @Sendable () async throws(LogFailure) -> Answer, _ reply: Reply<Answer>
  ) {
    if process.isCutOff || universe.happens(.requestLost, 0.05, process.name) { return }
    // Some are only found when nobody waits for them any more.
    let isLate = universe.happens(.requestLate, 0.08, process.name)
    let delay = isLate ? universe.chance.number(0.1...universe.chance.one(of: [30, 900])) : universe.delay()
    universe.scheduler.after(delay) { [universe, process] in
      universe.state.place.start {
        guard let answer = try? await request() else { return }
        universe.note(process.name, "\(name) → \(answer)")
        if process.isCutOff || universe.happens(.answerLost, 0.05, process.name) { return }
        universe.scheduler.after(universe.delay()) { reply.give(.success(answer)) }
      }
    }
  }

  // MARK: Reading

  func read(_ number: Int) throws(LogFailure) -> Data {
    try look { () throws(LogFailure) in try base.read(number) }
  }

  func lastKnown() throws(LogFailure) -> Int {
    let last = try look { () throws(LogFailure) in try base.lastKnown() }
    return universe.happens(.logLags, 0.2, process.name) ? max(0, last - universe.chance.integer(1...5)) : last
  }

  func last() throws(LogFailure) -> Int { try look { () throws(LogFailure) in try base.last() } }

  func pulse(of process: String) throws(LogFailure) -> Int? {
    try look { () throws(LogFailure) in try base.pulse(of: process) }
  }

  private func look<Answer>(_ question: () throws(LogFailure) -> Answer) throws(LogFailure) -> Answer {
    try begin()
    guard !process.isCutOff else { throw .noAnswer("the network is cut") }
    let answer = try question()
    try end()
    if universe.happens(.answerLost, 0.02, process.name) { throw .noAnswer("the log did not answer") }
    return answer
  }

  // MARK: The process

  private func begin() throws(LogFailure) {
    if universe.happens(.killedAtLog, 0.001, process.name) { universe.kill(process) }
    try end()
  }

  private func end() throws(LogFailure) {
    if !process.isDead, universe.happens(.pausedAtLog, 0.002, process.name) {
      process.pause(universe.chance.number(61...300))
    }
    guard !process.isDead else { throw .refused(.unavailable("the process is dead")) }
  }
}
