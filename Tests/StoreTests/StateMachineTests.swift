@testable import PoptrainSQLite
import Foundation
import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("The diagram of a member's life")
struct StateMachineTests {
  @Test("draws the transitions that members make, and no others")
  func drawsWhatHappens() async throws {
    let drawn = try drawnTransitions()
    #expect(drawn.count > 10)
    let seen = try await seenTransitions()
    for transition in seen.subtracting(drawn).sorted() { Issue.record("it does not draw \(transition)") }
    for transition in drawn.subtracting(seen).sorted() { Issue.record("it draws \(transition), which never happens") }
  }

  @Test("names every state")
  func namesEveryState() throws {
    let drawn = try drawnTransitions()
    let names = Set(drawn.flatMap { [$0.from, $0.to] }).subtracting(["[*]"])
    #expect(names == Set(Member.State.allCases.map(\.rawValue)))
  }

  private func drawnTransitions() throws -> Set<Transition> {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/state-machine.md"), encoding: .utf8)
    var drawn: Set<Transition> = []
    for match in page.matches(of: /(?m)^ +(\S+) --> (\S+): (.+)$/) {
      drawn.insert(Transition(from: String(match.1), to: String(match.2), cause: String(match.3)))
    }
    return drawn
  }

  private func seenTransitions() async throws -> Set<Transition> {
    var seen: Set<Transition> = []
    var rules: [Rules] = [
      .small(size: 4, steps: 60, maxFailures: 1), .small(size: 3, steps: 60, order: .synchronous),
      .small(size: 12, steps: 60, exploit: .copyNobody), .small(size: 4, steps: 60, maxFailures: 1),
      .small(size: 3, steps: 60, space: .scheduled),
    ]
    rules[3].evaluatesCopies = true
    for rules in rules {
      for seed in 0..<15 as Range<UInt64> {
        var walk = try await Walk(try await Bench(.inMemory, rules), seed: seed)
        for steps in [30, 20, 60] {
          for _ in 0..<20 where !walk.isOver { try await walk.step() }
          try await walk.revise {
            $0.steps = steps
            $0.populationSize += steps == 60 ? 2 : -1
          }
        }
        while !walk.isOver { try await walk.step() }
        seen.formUnion(walk.transitions.seen)
      }
    }
    return seen.union(try await transitionsOfResuming())
  }

  private func transitionsOfResuming() async throws -> Set<Transition> {
    let bench = try await Bench(.sqlite, .small())
    let folder = bench.folder
    let store = try #require(bench.store as? SQLiteStore)
    var log = TransitionLog(rules: bench.rules)
    log.joined(try await store.records(after: 0))
    log.log([], granted: try await bench.lease(2), released: nil)
    try await store.close()

    let again = try await SQLiteStore.open(in: folder, bench.rules)
    log.resumed()
    #expect(await again.population().count(.ready) == 4)
    #expect(await again.population().count(.leased) == 0)
    let leases = try await again.lease(LeaseRequest(worker: "worker", capacity: 4))
    guard case .leases(let granted) = leases else {
      Issue.record("the members of the dead cannot be leased: \(leases)")
      return log.seen
    }
    #expect(granted.map(\.member) == [0, 1, 2, 3])
    return log.seen
  }
}

extension Space {
  /// A value that changes between two ready moments.
  fileprivate static let scheduled = Space([
    Hyperparameter("rate", .uniform(0, 1)),
    Hyperparameter("warm", .scheduled(Schedule([(age: 0, value: .boolean(true)), (age: 15, value: .boolean(false))]))),
  ])
}
