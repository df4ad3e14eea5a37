import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

@Suite("Processes whose log does not answer", .timeLimit(.minutes(20))) struct LogOutageTests {
  private let run: SharedRun

  init() throws { run = try SharedRun() }

  @Test("say that their place does not answer, once, and when it answers again")
  func outages() async throws {
    let log = AbsentLog(base: run.folder.log)
    let store = try await run.join("a", log: log, poll: ImpatientClock())
    // Four seconds are no outage that is told, nor is one after it has answered.
    for questions in [4, 1, 7] {
      log.unanswered.withLock { $0 = questions }
      try await store.warn("x")
    }
    try await store.close()
    var told: [String?] = []
    for await outage in store.outages { told.append(outage) }
    #expect(told.count == 2 && told.last == .some(nil), "\(told)")
    #expect(told.first??.contains("the server is away") == true)
  }

  @Test("that are to stop now wait no longer for a place that is away")
  func hurried() async throws {
    let log = LostLog(base: run.folder.log)
    let store = try await run.join("a", log: log, poll: ImpatientClock())
    log.asked.withLock { $0 = 0 }
    let call = Task { try await store.warn("x") }
    while log.asked.withLock({ $0 }) < LostLog.answered { await Task.yield() }
    await store.hurry()
    log.gate.open()
    await #expect(throws: StoreError.self) { try await call.value }
    #expect(log.asked.withLock { $0 } == LostLog.answered)
  }

  @Test("lose nothing and double nothing where requests and answers are lost", arguments: 1...8 as ClosedRange<UInt64>)
  func faults(seed: UInt64) async throws {
    let acknowledged = Tokens()
    var stores: [LogStore] = []
    for index in 0..<4 {
      let log = FaultyLog(base: run.folder.log, seed: seed * 10 + UInt64(index))
      stores.append(try await run.join("process \(index)", log: log, poll: ImpatientClock()))
    }
    await withTaskGroup { group in
      for (index, store) in stores.enumerated() {
        group.addTask {
          var random = SeededGenerator(seed: seed * 100 + UInt64(index))
          while true {
            guard let grant = try? await store.lease(LeaseRequest(worker: "w\(index)", capacity: 1)) else { return }
            switch grant {
            case .leases(let leases):
              let report = IntervalReport.trained(leases[0], metric: random.real(0...1))
              let completion = try? await store.complete(report, then: nil)
              if completion?.interval != nil { acknowledged.all.withLock { $0.append(leases[0].token) } }
            case .wait: await Task.yield()
            case .finished, .aborted: return
            }
          }
        }
      }
    }
    let histories = try await stores.asyncMap { try await $0.records(after: 0) }
    for history in histories.dropFirst() { #expect(history == histories[0]) }
    let tokens = histories[0].compactMap { if case .interval(let interval) = $0 { interval.token } else { nil } }
    #expect(tokens.count == 16 && Set(tokens).count == 16)
    #expect(Set(acknowledged.all.withLock { $0 }) == Set(tokens))
    var witness = Witness(rules: run.rules)
    try await witness.look(at: stores[0], live: [])
  }
}

private final class Tokens: Sendable {
  let all = Mutex<[String]>([])
}

/// A log that does not answer for some questions.
private final class AbsentLog: WrappedLog {
  let unanswered = Mutex(0)
  let base: any EntryLog

  init(base: any EntryLog) { self.base = base }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    let isAway = unanswered.withLock { count in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    if isAway { throw .noAnswer("the server is away") }
    return try await base.create(number, contents, isDurable: isDurable)
  }
}

/// A log that is lost: it takes long to say so for the last of some questions.
private final class LostLog: WrappedLog {
  static let answered = 20
  let asked = Mutex(-1)
  let gate = Gate()
  let base: any EntryLog

  init(base: any EntryLog) { self.base = base }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    let asked = asked.withLock { asked in
      if asked >= 0 { asked += 1 }
      return asked
    }
    guard asked > 0 else { return try await base.create(number, contents, isDurable: isDurable) }
    if asked == LostLog.answered { await gate.pass() }
    throw .noAnswer("the server is away")
  }
}

/// A log whose requests and answers are lost, and whose requests arrive twice.
private final class FaultyLog: WrappedLog {
  let base: any EntryLog
  private let random: Mutex<SeededGenerator>

  init(base: any EntryLog, seed: UInt64) {
    self.base = base
    random = Mutex(SeededGenerator(seed: seed))
  }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    let fault = random.withLock { $0.integer(0...9) }
    for _ in 0..<fault { await Task.yield() }
    if fault == 0 { throw .noAnswer("the request was lost") }
    let isNew = try await base.create(number, contents, isDurable: isDurable)
    if fault == 1 { throw .noAnswer("the answer was lost") }
    // Sent twice on the way: the second one is answered.
    return fault == 2 ? try await base.create(number, contents, isDurable: isDurable) : isNew
  }

  func read(_ number: Int) throws(LogFailure) -> Data {
    if random.withLock({ $0.chance(percent: 10) }) { throw .noAnswer("the answer was lost") }
    return try base.read(number)
  }

  /// Lags, and goes back.
  func lastKnown() throws(LogFailure) -> Int {
    let last = try base.lastKnown()
    return random.withLock { max(0, last - $0.integer(0...3)) }
  }
}
