import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

@Suite("Processes that share a run", .timeLimit(.minutes(20))) struct SharedLogTests {
  private let run: SharedRun

  init() throws { run = try SharedRun() }

  @Test("have the same population, and none has a member of another")
  func shared() async throws {
    let (one, other) = (try await run.join("one"), try await run.join("other"))
    #expect(members(try await one.lease(LeaseRequest(worker: "one", capacity: 3))) == [0, 1, 2])
    #expect(members(try await other.lease(.all("other"))) == [3])
    #expect(try await one.records(after: 0) == other.records(after: 0))
    #expect(try await one.identity() == other.identity())
  }

  @Test("read few entries where they join late, each of which repeats those before it")
  func late() async throws {
    let one = try await run.join("a")
    for number in 1...100 { try await one.warn("warning \(number)") }
    let log = CountingLog(base: run.folder.log)
    let other = try await run.join("b", log: log)
    #expect(try await other.records(after: 0) == one.records(after: 0))
    #expect(log.reads.withLock { $0 } <= 8)
  }

  @Test("are told when others let them go on")
  func told() async throws {
    let (one, other) = (try await run.join("a"), try await run.join("b", poll: ContinuousClock()))
    guard case .leases(let leases) = try await one.lease(.all("a")) else { return #expect(Bool(false)) }
    guard case .wait(let version, _) = try await other.lease(.all("b")) else { return #expect(Bool(false)) }
    async let isTold: Void = other.waitForChange(after: version)
    try await one.release(leases[2].token)
    await isTold
    #expect(members(try await other.lease(.all("b"))) == [2])
  }

  @Test("give back what they have when they end, and the next one goes on at once")
  func ended() async throws {
    let (one, other) = (try await run.join("a"), try await run.join("b"))
    _ = try await one.lease(.all("a"))
    try await one.close()
    #expect(members(try await other.lease(.all("b"))) == [0, 1, 2, 3])
  }

  @Test("are all asked to stop, but not those that come later")
  func stopped() async throws {
    let (one, other) = (try await run.join("a"), try await run.join("b"))
    let rules = run.rules
    try await SharedLogDatabase(run.folder.log, copies: run.folder.path + "/copies") { _ in rules }.requestStop()
    let later = try await run.join("c")
    for store in [one, other, later] {
      await store.lookAround()
      try await store.close()
    }
    #expect(await one.stopRequests.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await other.stopRequests.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await later.stopRequests.reduce(0) { count, _ in count + 1 } == 0)
  }

  @Test("may have been given up, and go on when one is started again")
  func abortedAndMended() async throws {
    let one = try await run.join("a")
    while case .leases(let leases) = try await one.lease(LeaseRequest(worker: "a", capacity: 1)) {
      _ = try await one.fail(FailureReport(leases[0]))
    }
    guard case .aborted = try await one.lease(.all("a")) else { return #expect(Bool(false)) }
    try await one.close()
    let other = try await run.join("b")
    #expect(members(try await other.lease(.all("b"))) == [0, 1, 2, 3])
  }

  @Test("do not go on under another experiment while others train, but do afterwards")
  func otherExperiment() async throws {
    let one = try await run.join("a")
    _ = try await one.lease(.all("a"))
    let beating = PassingClock(clock: run.clock) { await one.lookAround() }
    await #expect { try await run.join("b", experiment: "name: test # other", poll: beating) } throws: { error in
      "\(error)".contains("is being trained under another experiment")
    }
    // Killed: nobody says any more that it lives.
    let other = try await run.join("c", experiment: "name: test # other", poll: PassingClock(clock: run.clock) {})
    #expect(try await other.identity().experiment == "name: test # other")
    #expect(members(try await other.lease(.all("c"))) == [0, 1, 2, 3])
  }

  @Test("are read in a copy that catches up before each question")
  func read() async throws {
    let database = try StoreKind.sharedLog.database(run.folder)
    #expect(try database.identity() == nil)
    let store = try await database.open(
      RunOpening(rules: run.rules, experiment: "name: test", folder: "/trainer", isDurable: false))
    let history = try database.history(space: run.rules.space)
    for step in 1...40 {
      if case .leases(let leases) = try await store.lease(LeaseRequest(worker: "w", capacity: 2)) {
        for lease in leases { _ = try await store.complete(.trained(lease, metric: Double(step)), then: nil) }
      }
      #expect(try await history.records() == store.records(after: 0))
      #expect(try await history.population(rules: run.rules).members == store.population().members)
      #expect(try await history.presentCheckpoints() == store.presentCheckpoints())
    }
    #expect(try await database.identity() == store.identity())
    #expect(try history.contents(rules: run.rules).defects == [])
  }

  @Test("refuse a log that a newer version has written, and one with an entry that does not follow")
  func unreadable() async throws {
    let log = run.folder.log
    _ = try log.create(1, .init(#"{"format": 2, "what": "is not known yet"}"#.utf8), isDurable: false)
    await #expect(throws: StoreError.newerVersion(found: 2, known: 1, path: log.description)) {
      try await run.join("a")
    }

    let other = try TemporaryFolder()
    let one = try await run.join("a", log: other.log)
    let second = try #require(try String(decoding: other.log.read(1), as: UTF8.self).split(separator: "\n").first)
    _ = try other.log.create(
      2, .init(second.replacing(#""number":1"#, with: #""number":2"#).utf8), isDurable: false)
    await #expect { try await one.warn("x") } throws: { error in "\(error)".contains("does not follow") }
  }
}

/// A log that counts the entries that are read.
private final class CountingLog: WrappedLog {
  let reads = Mutex(0)
  let base: any EntryLog

  init(base: any EntryLog) { self.base = base }

  func read(_ number: Int) throws(LogFailure) -> Data {
    reads.withLock { $0 += 1 }
    return try base.read(number)
  }
}
