import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

@Suite("Processes that share a run", .timeLimit(.minutes(20))) struct SharedLogTests {
  private let folder: TemporaryFolder
  private let clock = ManualClock()
  private let rules = Rules.small(steps: 40)

  init() throws { folder = try TemporaryFolder() }

  /// A process joins.
  private func join(
    _ name: String, experiment: String = "name: test", log: (any EntryLog)? = nil,
    rules: Rules? = nil, poll: any Clock<Duration> = StoppedClock(),
    compute: @escaping @Sendable (@escaping @Sendable () -> [Decision]) async -> [Decision] = { $0() }
  ) async throws -> LogStore {
    let clock = clock
    let rules = rules ?? self.rules
    return try await LogStore(
      RunOpening(
        rules: rules, experiment: experiment, basis: "name: test", folder: "/trainer", isDurable: false,
        surroundings: Ledger.Surroundings(
          monotonicNow: { clock.now }, wallNow: { clock.now }, process: name, compute: compute)),
      in: log ?? folder.log, clock: poll, rules: { _ in rules })
  }

  /// Lets time pass for a process, which looks around meanwhile.
  private func pass(_ seconds: Int, _ stores: LogStore...) async {
    for _ in 0..<seconds {
      clock.advance(by: 1)
      for store in stores { await store.lookAround() }
    }
  }

  private func members(_ grant: Grant) -> [Int] {
    if case .leases(let leases) = grant { leases.map(\.member) } else { [] }
  }

  private func all(_ worker: String) -> LeaseRequest { LeaseRequest(worker: worker, capacity: .max) }

  @Test("have the same population, and none has a member of another")
  func shared() async throws {
    let (one, other) = (try await join("one"), try await join("other"))
    #expect(members(try await one.lease(LeaseRequest(worker: "one", capacity: 3))) == [0, 1, 2])
    #expect(members(try await other.lease(all("other"))) == [3])
    #expect(try await one.records(after: 0) == other.records(after: 0))
    #expect(try await one.identity() == other.identity())
  }

  @Test("leave no sign of life of those that were killed long ago, when they end themselves")
  func signsOfLife() async throws {
    let store = try await join("a")
    for (name, seconds) in [("killed", 120.0), ("living", 5)] {
      try folder.log.beat(name, 1)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: "\(folder.path)/log/pulse/\(name)")
    }
    try await store.close()
    #expect(folder.log.pulses().map(\.process) == ["living"])
  }

  @Test("take over what a process had that was killed, after a minute without a beat, but not from one that lives")
  func killed() async throws {
    var killed: LogStore? = try await join("a")
    let (living, other) = (try await join("b"), try await join("c"))
    _ = try await killed?.lease(LeaseRequest(worker: "a", capacity: 2))
    guard case .leases(let held) = try await living.lease(all("b")) else { return #expect(Bool(false)) }
    killed = nil
    #expect(members(try await other.lease(all("c"))) == [])
    await pass(50, living, other)
    #expect(members(try await other.lease(all("c"))) == [])
    await pass(40, living, other)
    guard case .leases(let taken) = try await other.lease(all("c")) else { return #expect(Bool(false)) }
    #expect(taken.map(\.member) == [0, 1])
    await pass(600, living, other)
    #expect(members(try await other.lease(all("c"))) == [])
    #expect(try await living.complete(.trained(held[0], metric: 1), then: nil).interval?.member == 2)
  }

  @Test("free the members of a dead process for one that watches nobody but the living")
  func freed() async throws {
    var killed: LogStore? = try await join("b")
    let (finder, idle) = (try await join("a"), try await join("c"))
    _ = try await killed?.lease(LeaseRequest(worker: "b", capacity: 2))
    _ = try await finder.lease(all("a"))
    killed = nil
    // The one that finds it out has members of its own, and takes no others.
    for _ in 0..<90 {
      clock.advance(by: 1)
      await finder.lookAround()
    }
    #expect(members(try await idle.lease(all("c"))) == [0, 1])
  }

  @Test("may have been given up, and go on when one is started again")
  func abortedAndMended() async throws {
    let one = try await join("a")
    while case .leases(let leases) = try await one.lease(LeaseRequest(worker: "a", capacity: 1)) {
      _ = try await one.fail(FailureReport(leases[0]))
    }
    guard case .aborted = try await one.lease(all("a")) else { return #expect(Bool(false)) }
    try await one.close()
    let other = try await join("b")
    #expect(members(try await other.lease(all("b"))) == [0, 1, 2, 3])
  }

  @Test("that were paused find that their members were taken over, and go on")
  func paused() async throws {
    let (paused, other) = (try await join("a"), try await join("b"))
    guard case .leases(let held) = try await paused.lease(all("a")) else { return #expect(Bool(false)) }
    #expect(members(try await other.lease(all("b"))) == [])
    await pass(90, other)
    guard case .leases(let taken) = try await other.lease(LeaseRequest(worker: "b", capacity: 3)) else {
      return #expect(Bool(false))
    }
    #expect(taken.map(\.member) == [0, 1, 2])
    await #expect(throws: StoreError.superseded(token: held[0].token)) {
      try await paused.complete(.trained(held[0], metric: 1), then: nil)
    }
    #expect(members(try await paused.lease(all("a"))) == [3])
    #expect(try await other.complete(.trained(taken[0], metric: 1), then: nil).interval?.member == 0)
  }

  @Test("that themselves slept presume nobody dead for that")
  func slept() async throws {
    let (one, other) = (try await join("a"), try await join("b"))
    _ = try await one.lease(all("a"))
    await pass(20, one, other)
    clock.advance(by: 1000)
    await other.lookAround()
    await one.lookAround()
    await pass(50, one, other)
    #expect(members(try await other.lease(all("b"))) == [])
  }

  @Test("give back what they have when they end, and the next one goes on at once")
  func ended() async throws {
    let (one, other) = (try await join("a"), try await join("b"))
    _ = try await one.lease(all("a"))
    try await one.close()
    #expect(members(try await other.lease(all("b"))) == [0, 1, 2, 3])
  }

  @Test("are told when others let them go on")
  func told() async throws {
    let (one, other) = (try await join("a"), try await join("b", poll: ContinuousClock()))
    guard case .leases(let leases) = try await one.lease(all("a")) else { return #expect(Bool(false)) }
    guard case .wait(let version, _) = try await other.lease(all("b")) else { return #expect(Bool(false)) }
    async let isTold: Void = other.waitForChange(after: version)
    try await one.release(leases[2].token)
    await isTold
    #expect(members(try await other.lease(all("b"))) == [2])
  }

  @Test("are all asked to stop, but not those that come later")
  func stopped() async throws {
    let (one, other) = (try await join("a"), try await join("b"))
    let rules = rules
    try await SharedLogDatabase(folder.log, copies: folder.path + "/copies") { _ in rules }.requestStop()
    let later = try await join("c")
    for store in [one, other, later] {
      await store.lookAround()
      try await store.close()
    }
    #expect(await one.stopRequests.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await other.stopRequests.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await later.stopRequests.reduce(0) { count, _ in count + 1 } == 0)
  }

  @Test("make the decisions of a process that died while it computed them")
  func diedWhileDeciding() async throws {
    let rules = Rules.learning()
    let dying = try await join("a", rules: rules) { _ in
      try? await Task.sleep(for: .seconds(3600))
      return []
    }
    let other = try await join("b", rules: rules)
    guard case .leases(let leases) = try await dying.lease(all("a")) else { return #expect(Bool(false)) }
    let dead = Task { try await dying.complete(.trained(leases[0], metric: 1), then: nil) }
    defer { dead.cancel() }
    while try await other.records(after: 0).allSatisfy({ if case .interval = $0 { false } else { true } }) {
      await Task.yield()
    }
    #expect(members(try await other.lease(all("b"))) == [])
    #expect(await other.population().members[0].state == .due)
    await pass(90, other)
    #expect(members(try await other.lease(all("b"))).sorted() == [0, 1, 2, 3])
  }

  @Test("do not go on under another experiment while others train, but do afterwards")
  func otherExperiment() async throws {
    let one = try await join("a")
    _ = try await one.lease(all("a"))
    let beating = PassingClock(clock: clock) { await one.lookAround() }
    await #expect { try await join("b", experiment: "name: test # other", poll: beating) } throws: { error in
      "\(error)".contains("is being trained under another experiment")
    }
    // Killed: nobody says any more that it lives.
    let other = try await join("c", experiment: "name: test # other", poll: PassingClock(clock: clock) {})
    #expect(try await other.identity().experiment == "name: test # other")
    #expect(members(try await other.lease(all("c"))) == [0, 1, 2, 3])
  }

  @Test("are read in a copy that catches up before each question")
  func read() async throws {
    let database = try StoreKind.sharedLog.database(folder)
    #expect(try database.identity() == nil)
    let store = try await database.open(
      RunOpening(rules: rules, experiment: "name: test", folder: "/trainer", isDurable: false))
    let history = try database.history(space: rules.space)
    for step in 1...40 {
      if case .leases(let leases) = try await store.lease(LeaseRequest(worker: "w", capacity: 2)) {
        for lease in leases { _ = try await store.complete(.trained(lease, metric: Double(step)), then: nil) }
      }
      #expect(try await history.records() == store.records(after: 0))
      #expect(try await history.population(rules: rules).members == store.population().members)
      #expect(try await history.presentCheckpoints() == store.presentCheckpoints())
    }
    #expect(try await database.identity() == store.identity())
    #expect(try history.contents(rules: rules).defects == [])
  }

  @Test("refuse a log that a newer version has written, and one with an entry that does not follow")
  func unreadable() async throws {
    let log = folder.log
    _ = try log.create(1, .init(#"{"format": 2, "what": "is not known yet"}"#.utf8), isDurable: false)
    await #expect(throws: StoreError.newerVersion(found: 2, known: 1, path: log.description)) { try await join("a") }

    let other = try TemporaryFolder()
    let one = try await join("a", log: other.log)
    let second = try #require(try String(decoding: other.log.read(1), as: UTF8.self).split(separator: "\n").first)
    _ = try other.log.create(
      2, .init(second.replacing(#""number":1"#, with: #""number":2"#).utf8), isDurable: false)
    await #expect { try await one.warn("x") } throws: { error in "\(error)".contains("does not follow") }
  }

  @Test("say that their place does not answer, once, and when it answers again")
  func outages() async throws {
    let log = AbsentLog(base: folder.log)
    let store = try await join("a", log: log, poll: ImpatientClock())
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
    let log = LostLog(base: folder.log)
    let store = try await join("a", log: log, poll: ImpatientClock())
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
    let folder = folder
    let acknowledged = Tokens()
    var stores: [LogStore] = []
    for index in 0..<4 {
      let log = FaultyLog(base: folder.log, seed: seed * 10 + UInt64(index))
      stores.append(try await join("process \(index)", log: log, poll: ImpatientClock()))
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
    var witness = Witness(rules: rules)
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

/// A clock on which the time of who waits for seconds passes at once.
private struct PassingClock: Clock {
  let clock: ManualClock
  let meanwhile: @Sendable () async -> Void
  var now: ContinuousClock.Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    guard deadline - now > .seconds(5) else { return try await ContinuousClock().sleep(for: .seconds(100_000)) }
    clock.advance(by: 10)
    await meanwhile()
  }
}

/// A clock on which nobody waits long.
private struct ImpatientClock: Clock {
  var now: ContinuousClock.Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await ContinuousClock().sleep(for: .milliseconds(deadline - now > .milliseconds(700) ? 1 : 500))
  }
}
