import Poptrain
import PopulationBasedTraining
import PoptrainSimulation
import Testing

@testable import PoptrainFindings

@Suite struct SelectionTests {
  @Test(arguments: [Rules.Order.synchronous, .asynchronous])
  func `Where models differ selection helps`(order: Rules.Order) async throws {
    let climb = Climb(order: order, .init(gain: { $0["rate"] }, noise: 0.3))
    let finding = try #require(try await climb.finding(.selection))
    #expect(finding.severity == .good, "\(finding)")
    #expect(finding.sentence.hasPrefix("Selection helps: an interval after the copy, "))
    #expect(try #require(finding.evidence["difference"]?.asNumber) > 0)
    #expect(try #require(finding.evidence["share_better"]?.asNumber) > 0.6)
  }

  @Test func `Selection helps on the noisy quadratic`() async throws {
    let task = StudyTask.valley
    let trial = Trial(task, .standard, populationSize: 20, interval: 20, seed: 3)
    let problem = task.problem
    let trained = try await trainPopulation(rules: trial.rules) { NoisyQuadraticModel(problem, $0) }
    let findings = Findings.of(trained.history, rules: trial.rules)
    #expect(findings.first { $0.kind == .selection }?.severity == .good, "\(findings.map(\.sentence))")
    #expect(!findings.contains { $0.kind == .luckyBest })
  }

  @Test func `Where all models are alike it cannot be told from noise`() async throws {
    let finding = try #require(try await Climb(.init(gain: { _ in 0.1 }, noise: 1)).finding(.selection))
    #expect(finding.severity == .warning)
    #expect(finding.sentence.hasPrefix("Selection cannot be told from noise: an interval after the copy, "))
  }

  @Test func `Pure noise is rarely taken for help`() async throws {
    var alarms = 0
    for seed in 0..<200 {
      let order: Rules.Order = seed % 2 == 0 ? .synchronous : .asynchronous
      let climb = Climb(
        members: 10, intervals: 12, seed: UInt64(seed), order: order, .init(gain: { _ in 0.3 }, noise: 1))
      let finding = try #require(try await climb.finding(.selection))
      if finding.severity == .good { alarms += 1 }
    }
    #expect(alarms < 10, "\(alarms) of 200")
  }

  @Test func `Copies that lose a part of their model do badly`() async throws {
    let finding = try #require(
      try await Climb(.init(gain: { $0["rate"] }, noise: 0.3, loss: 10)).finding(.selection))
    #expect(finding.severity == .warning)
    #expect(finding.sentence.hasPrefix("Copies do badly: "))
  }

  @Test func `Where nobody copies the question does not arise`() async throws {
    var climb = Climb(.init(gain: { $0["rate"] }))
    climb.rules.exploit = ExploitRules.none
    let findings = try await climb.findings()
    let asked: Set<Finding.Kind> = [.selection, .takeover, .shortInterval, .rangeEnd, .flatSchedule, .tooEarly]
    #expect(findings.allSatisfy { !asked.contains($0.kind) }, "\(findings.map(\.sentence))")
  }

  @Test func `What cannot be told yet is said once`() async throws {
    let findings = try await Climb(members: 4, intervals: 3, .init(gain: { $0["rate"] })).findings()
    let open = findings.filter { $0.kind == .tooEarly }
    #expect(open.count == 1)
    #expect(open[0].sentence.hasPrefix("Too little was trained to tell whether selection helps, whether "))
    let long = try await Climb(intervals: 60, .init(gain: { $0["rate"] }, noise: 0.3)).findings()
    #expect(!long.contains { $0.kind == .tooEarly }, "\(long.map(\.sentence))")
  }

  @Test func `A run that goes on is too young, not too short`() {
    var history = MadeHistory()
    for member in 0..<4 { history.train(member, score: 0) }
    #expect(history.finding(.tooEarly)?.sentence.hasPrefix("It is too early to tell whether ") == true)
  }
}
