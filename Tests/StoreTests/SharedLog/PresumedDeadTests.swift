import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("Processes that are killed, paused or asleep", .timeLimit(.minutes(20))) struct PresumedDeadTests {
  private let run: SharedRun

  init() throws { run = try SharedRun() }

  @Test("take over what a process had that was killed, after a minute without a beat, but not from one that lives")
  func killed() async throws {
    var killed: LogStore? = try await run.join("a")
    let (living, other) = (try await run.join("b"), try await run.join("c"))
    _ = try await killed?.lease(LeaseRequest(worker: "a", capacity: 2))
    guard case .leases(let held) = try await living.lease(.all("b")) else { return #expect(Bool(false)) }
    killed = nil
    #expect(members(try await other.lease(.all("c"))) == [])
    await run.pass(50, living, other)
    #expect(members(try await other.lease(.all("c"))) == [])
    await run.pass(40, living, other)
    guard case .leases(let taken) = try await other.lease(.all("c")) else { return #expect(Bool(false)) }
    #expect(taken.map(\.member) == [0, 1])
    await run.pass(600, living, other)
    #expect(members(try await other.lease(.all("c"))) == [])
    #expect(try await living.complete(.trained(held[0], metric: 1), then: nil).interval?.member == 2)
  }

  @Test("free the members of a dead process for one that watches nobody but the living")
  func freed() async throws {
    var killed: LogStore? = try await run.join("b")
    let (finder, idle) = (try await run.join("a"), try await run.join("c"))
    _ = try await killed?.lease(LeaseRequest(worker: "b", capacity: 2))
    _ = try await finder.lease(.all("a"))
    killed = nil
    // The one that finds it out has members of its own, and takes no others.
    for _ in 0..<90 {
      run.clock.advance(by: 1)
      await finder.lookAround()
    }
    #expect(members(try await idle.lease(.all("c"))) == [0, 1])
  }

  @Test("that were paused find that their members were taken over, and go on")
  func paused() async throws {
    let (paused, other) = (try await run.join("a"), try await run.join("b"))
    guard case .leases(let held) = try await paused.lease(.all("a")) else { return #expect(Bool(false)) }
    #expect(members(try await other.lease(.all("b"))) == [])
    await run.pass(90, other)
    guard case .leases(let taken) = try await other.lease(LeaseRequest(worker: "b", capacity: 3)) else {
      return #expect(Bool(false))
    }
    #expect(taken.map(\.member) == [0, 1, 2])
    await #expect(throws: StoreError.superseded(token: held[0].token)) {
      try await paused.complete(.trained(held[0], metric: 1), then: nil)
    }
    #expect(members(try await paused.lease(.all("a"))) == [3])
    #expect(try await other.complete(.trained(taken[0], metric: 1), then: nil).interval?.member == 0)
  }

  @Test("that themselves slept presume nobody dead for that")
  func slept() async throws {
    let (one, other) = (try await run.join("a"), try await run.join("b"))
    _ = try await one.lease(.all("a"))
    await run.pass(20, one, other)
    run.clock.advance(by: 1000)
    await other.lookAround()
    await one.lookAround()
    await run.pass(50, one, other)
    #expect(members(try await other.lease(.all("b"))) == [])
  }

  @Test("leave no sign of life of those that were killed long ago, when they end themselves")
  func signsOfLife() async throws {
    let store = try await run.join("a")
    for (name, seconds) in [("killed", 120.0), ("living", 5)] {
      try run.folder.log.beat(name, 1)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: "\(run.folder.path)/log/pulse/\(name)")
    }
    try await store.close()
    #expect(run.folder.log.pulses().map(\.process) == ["living"])
  }

  @Test("make the decisions of a process that died while it computed them")
  func diedWhileDeciding() async throws {
    let rules = Rules.learning()
    let dying = try await run.join("a", rules: rules) { _ in
      try? await Task.sleep(for: .seconds(3600))
      return []
    }
    let other = try await run.join("b", rules: rules)
    guard case .leases(let leases) = try await dying.lease(.all("a")) else { return #expect(Bool(false)) }
    let dead = Task { try await dying.complete(.trained(leases[0], metric: 1), then: nil) }
    defer { dead.cancel() }
    while try await other.records(after: 0).allSatisfy({ if case .interval = $0 { false } else { true } }) {
      await Task.yield()
    }
    #expect(members(try await other.lease(.all("b"))) == [])
    #expect(await other.population().members[0].state == .due)
    await run.pass(90, other)
    #expect(members(try await other.lease(.all("b"))).sorted() == [0, 1, 2, 3])
  }
  @Test("make such decisions apart from those that another computes, which knows nothing of them")
  func decidedApart() async throws {
    let (rules, gate) = (Rules.learning(), Gate())
    let dying = try await run.join("a", rules: rules) { _ in
      try? await Task.sleep(for: .seconds(3600))
      return []
    }
    let slow = try await run.join("b", rules: rules) { compute in
      await gate.pass()
      return compute()
    }
    let other = try await run.join("c", rules: rules)
    func intervals() async throws -> Int {
      try await other.records(after: 0).count { if case .interval = $0 { true } else { false } }
    }
    func begin(_ store: LogStore) async throws -> Task<Void, any Error> {
      let recorded = try await intervals()
      guard case .leases(let leases) = try await store.lease(LeaseRequest(worker: "w", capacity: 1)) else {
        return Task {}
      }
      let task = Task { _ = try await store.complete(.trained(leases[0], metric: 1), then: nil) }
      while try await intervals() == recorded { await Task.yield() }
      return task
    }
    let (dead, computing) = (try await begin(dying), try await begin(slow))
    defer { dead.cancel() }
    await run.pass(90, slow, other)
    _ = try await other.lease(.all("c"))
    gate.open()
    try await computing.value
    _ = try await other.lease(.all("c"))
    let decisions = try await other.records(after: 0).compactMap { record -> Decision? in
      if case .decision(let decision) = record, decision.ordinal > 0 { decision } else { nil }
    }
    #expect(decisions.count == 2 && Set(decisions.map(\.saw)).count == 2, "\(decisions)")
  }
}
