@testable import PoptrainSQLite
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

@Suite("A run in an SQLite store that is started again")
struct ResumingTests {
  @Test("remembers what the file said where the command line said something else")
  func overridden() async throws {
    let folder = try TemporaryFolder()
    var events: [Event.Kind] = []
    func open(_ experiment: String, file: String? = nil) async throws -> (file: String?, new: [Event.Kind]) {
      let store = try await SQLiteStore.open(in: folder, .small(), experiment: experiment, file: file)
      let kinds = try await store.records(after: 0).compactMap {
        if case .event(let event) = $0 { event.kind } else { nil }
      }
      defer { events = kinds }
      try await store.close()
      return (try RunReader.identity(path: folder.database)?.file, Array(kinds.dropFirst(events.count)))
    }
    #expect(try await open("b", file: "a") == ("a", [.created, .revised, .overridden, .started]))
    #expect(try await open("b", file: "a") == ("a", [.started]))
    #expect(try await open("b", file: "c") == ("c", [.overridden, .started]))
    #expect(try await open("b") == ("b", [.overridden, .started]))
    #expect(try await open("d", file: "c") == ("c", [.revised, .overridden, .started]))
    #expect(try await open("e") == ("e", [.revised, .started]))
    #expect(try await open("e") == ("e", [.started]))
  }

  @Test("that was ended stays so, under the same rules")
  func staysEnded() async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(in: folder, .small())
    try await store.end(because: .wallClock)
    try await store.close()
    for experiment in ["name: test", "name: test", "name: other"] {
      let again = try await SQLiteStore.open(in: folder, .small(), experiment: experiment)
      let reader = try RunReader(path: folder.database, space: .ofEveryKind)
      let expected: Population.Ending? = experiment == "name: test" ? .wallClock : nil
      #expect(await again.population().ending == expected)
      #expect(try reader.population(rules: .small()).ending == expected)
      try await again.close()
    }
  }

  @Test("has spent the time from each start to the last record before the next")
  func secondsSpent() async throws {
    let folder = try TemporaryFolder()
    let clock = ManualClock()
    let tokens = TokenSource()
    func open(_ experiment: String = "name: test") async throws -> SQLiteStore {
      try await SQLiteStore.open(in: folder, .small(steps: 1000), experiment: experiment, clock: clock, tokens: tokens)
    }
    func train(_ store: SQLiteStore, seconds: Double, fails: Bool = false) async throws {
      guard case .leases(let leases) = try await store.lease(LeaseRequest(worker: "w", capacity: 1)) else { return }
      clock.advance(by: seconds)
      if fails {
        _ = try await store.fail(FailureReport(leases[0]))
      } else {
        _ = try await store.complete(.trained(leases[0], metric: 1), then: nil)
      }
    }
    let first = try await open()
    #expect(try await first.secondsSpent() == 0)
    try await train(first, seconds: 10)
    try await train(first, seconds: 5, fails: true)
    #expect(try await first.secondsSpent() == 15)
    // What comes after the last record is not known.
    clock.advance(by: 1000)
    try await first.close()

    let second = try await open()
    clock.advance(by: 7)
    try await second.warn("hm")
    clock.advance(by: 1000)
    try await second.close()

    // What a revision records stands before the start, and belongs to no engine.
    let third = try await open("name: other")
    #expect(try await third.secondsSpent() == 22)
    try await train(third, seconds: 3)
    #expect(try await third.secondsSpent() == 25)
    try await third.close()

    // A clock that was set back counts for nothing.
    clock.advance(by: -5000)
    let fourth = try await open()
    clock.advance(by: -10)
    try await fourth.warn("hm")
    #expect(try await fourth.secondsSpent() == 25)
    clock.advance(by: 14)
    try await fourth.end(because: .wallClock)
    #expect(try await fourth.secondsSpent() == 29)
  }

  @Test("keeps its members on disk as they are after each of many revisions, also if it is killed right then")
  func killedAfterRevisions() async throws {
    var bench = try await Bench(.sqlite, .small(steps: 20, order: .synchronous))
    _ = try await bench.completeGeneration { Double($0.member) }
    for (steps, size) in [(40, 4), (40, 6), (30, 2), (90, 3)] {
      bench = try await bench.revised {
        $0.steps = steps
        $0.populationSize = size
      }
      let now = await bench.store.population()
      let again = try await bench.killedAndStartedAgain()
      let recovered = await again.store.population()
      #expect(recovered.size == size && recovered.members.map(\.id) == now.members.map(\.id))
      #expect(recovered.due == now.due && recovered.leastAdvancedReady(.max) == now.leastAdvancedReady(.max))
      _ = try await bench.completeGeneration { Double($0.member) }
    }
  }
}
