import Foundation
import PoptrainSharedLog
import PoptrainStore
import PopulationBasedTraining
import Testing

@testable import PoptrainSimulation

@Suite("A simulation of processes that share a log")
struct SharedSimulationTests {
  private static let isSlow = ProcessInfo.processInfo.environment["POPTRAIN_SLOW_TESTS"] != nil

  @Test("holds every invariant, whatever goes wrong")
  func invariants() {
    var faults: [Fault: Int] = [:]
    for seed in 0..<(Self.isSlow ? 1000 : 20) as Range<UInt64> {
      let result = Simulation(seed: seed, isShared: true).run()
      #expect(result.violation == nil, "seed \(seed)")
      faults.merge(result.faults) { $0 + $1 }
    }
    // A newer version ends a run, so it is rare; it has a test of its own.
    for fault in Fault.ofSharedLog where fault != .newerVersion {
      #expect(faults[fault, default: 0] > 0, "\(fault.rawValue) never happened")
    }
  }

  @Test("does the same again under the same seed, line by line")
  func replay() {
    for seed in [3, 17, 29] as [UInt64] {
      var (first, second): ([String], [String]) = ([], [])
      let one = Simulation(seed: seed, isShared: true).run { first.append($0) }
      let other = Simulation(seed: seed, isShared: true).run { second.append($0) }
      #expect(first == second && first.count > 50)
      #expect(one.history == other.history && one.faults == other.faults)
    }
  }

  @Test("finds a planted defect within a bounded number of seeds", arguments: PlantedDefect.ofSharedLog)
  func planted(_ defect: PlantedDefect) {
    for seed in 0..<100 as Range<UInt64> {
      var simulation = Simulation(seed: seed, isShared: true)
      simulation.seams = defect.seams
      guard let violation = simulation.run().violation else { continue }
      #expect(violation.invariant == defect.invariant, "seed \(seed): \(violation)")
      return
    }
    Issue.record("nothing was found")
  }

  @Test("makes costly decisions again that are recorded after others that saw more, and finds one that is another")
  func costly() throws {
    var plan = Plan(seed: 1, isShared: true)
    let learning = try #require(ExploreRules.all.first { $0.name == "pb2" })
    plan.rules.explore = RuleChoice(learning, ["window": .number(10)])
    plan.rules.order = .asynchronous
    plan.faults = [.workerKilled, .answerLost, .cutOff]
    let result = Simulation(plan, schedule: 1).run()
    #expect(result.violation == nil)
    let saw = result.history.compactMap { if case .decision(let decision) = $0 { decision.saw } else { nil } }
    #expect(saw != saw.sorted())

    let last = try #require(result.history.lastIndex { if case .decision = $0 { true } else { false } })
    for isAnother in [false, true] {
      var watch = HistoryWatch(rules: plan.rules)
      for (index, record) in result.history.enumerated() {
        guard isAnother, index == last, case .decision(var decision) = record else {
          try watch.take(record)
          continue
        }
        decision.reason = "because"
        try watch.take(.decision(decision))
      }
      var violation: Violation?
      do { try watch.end() } catch { violation = error }
      #expect(violation?.invariant == (isAnother ? "I5" : nil))
    }
  }

  @Test("leaves a log that an audit finds nothing in")
  func audit() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/poptrain-simulation-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for seed in 0..<5 as Range<UInt64> {
      var plan = Plan(seed: seed, isShared: true)
      plan.faults.remove(.newerVersion)
      let universe = Universe(plan, schedule: seed)
      try universe.run()
      let rules = plan.rules
      let history = try SharedLogDatabase(universe.state.log, copies: folder) { _ in rules }.history(space: rules.space)
      #expect(try history.contents(rules: rules).defects == [])
      #expect(try history.records() == universe.state.history)
    }
  }

  @Test("has the processes of an older version end when a newer one has written, each of them saying so")
  func newerVersion() {
    var plan = Plan(seed: 1, isShared: true)
    plan.faults = [.newerVersion]
    plan.stormSeconds = 1500
    var ends: [String] = []
    let result = Simulation(plan, schedule: 1).run { line in if line.contains("ended: ") { ends.append(line) } }
    #expect(result.violation == nil && result.faults[.newerVersion] == 1)
    #expect(ends.count == plan.workers && ends.allSatisfy { $0.contains("newer version") }, "\(ends)")
  }
}
