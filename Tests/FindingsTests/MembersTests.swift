import Poptrain
import PopulationBasedTraining
import Testing

@testable import PoptrainFindings

@Suite struct SaturatedTests {
  @Test func `A metric that ends at its best is saturated`() async throws {
    let climb = Climb(.init(gain: { $0["rate"] }, measured: { min(3, $0) }))
    let finding = try #require(try await climb.finding(.saturated))
    #expect(finding.evidence["best"] == .number(3))
    #expect(finding.sentence.contains("of 16 members have exactly the best score, 3:"))
  }

  @Test func `One that does not is not`() async throws {
    #expect(try await Climb(.init(gain: { $0["rate"] })).finding(.saturated) == nil)
  }

  @Test func `In the mode min the metric is shown as it is reported`() throws {
    var history = MadeHistory()
    history.rules.mode = .min
    for member in 0..<4 { history.train(member, score: -0.25) }
    #expect(history.finding(.saturated)?.evidence["best"] == .number(0.25))
  }
}

@Suite struct NeverTrainedTests {
  private func history(rounds: Int) -> MadeHistory {
    var history = MadeHistory()
    for round in 0..<rounds {
      for member in 0..<3 { history.train(member, score: Double(round)) }
      history.train(3, score: nil, outcome: .invalid)
    }
    return history
  }

  @Test func `A member that never had a model of its own is named`() throws {
    let finding = try #require(history(rounds: 2).finding(.neverTrained))
    #expect(finding.sentence == "1 of 4 members has never completed an interval with a model: 3.")
    #expect(finding.advice == "See why: `poptrain logs runs/made --member 3`.")
  }

  @Test func `At the beginning it may still come, and one that trained once has`() {
    var history = history(rounds: 1)
    #expect(history.finding(.neverTrained) == nil)
    history.train(3, score: 1)
    for _ in 0..<5 { for member in 0..<3 { history.train(member, score: 1) } }
    #expect(history.finding(.neverTrained) == nil)
  }

  @Test func `One that has left is not missed`() {
    var history = history(rounds: 2)
    history.decide(3, .retire)
    #expect(history.finding(.neverTrained) == nil)
  }
}

@Suite struct FailuresTests {
  @Test func `Failures are counted with their reason, and a tenth of all attempts is too many`() throws {
    var history = MadeHistory()
    #expect(history.finding(.failures) == nil)
    for _ in 0..<10 { for member in 0..<4 { history.train(member, score: 1) } }
    history.fail(2, .exited)
    let note = try #require(history.finding(.failures))
    #expect(note.severity == .note)
    for _ in 0..<4 { history.fail(1, .exited) }
    let warning = try #require(history.finding(.failures))
    #expect(warning.severity == .warning)
    #expect(warning.evidence["failed_attempts"] == .integer(5) && warning.evidence["member"] == .integer(1))
    #expect(warning.sentence.hasPrefix("5 attempts to train an interval failed, 11 % of all (5 exited)."))
    #expect(warning.advice == "See why: `poptrain logs runs/made --member 1`.")
  }

  @Test func `Forfeited steps are a warning`() throws {
    var history = MadeHistory()
    for _ in 0..<40 { for member in 0..<4 { history.train(member, score: 1) } }
    for _ in 0..<3 { history.fail(0, .exited) }
    history.train(0, score: nil, outcome: .forfeited)
    let finding = try #require(history.finding(.failures))
    #expect(finding.severity == .warning)
    #expect(finding.sentence.hasSuffix("; 10 steps were forfeited."))
  }

  @Test func `Steps whose values were all refused are forfeited, though nothing failed`() throws {
    var history = MadeHistory()
    history.train(0, score: nil, outcome: .invalid)
    let finding = try #require(history.finding(.failures))
    #expect(finding.severity == .warning)
    #expect(finding.sentence == "10 steps were forfeited: the trainer refused one draw after the other.")
  }
}

@Suite struct IdleWorkersTests {
  /// Two workers, of which one takes twice as long and the other waits.
  private func history(waiting: Double) -> MadeHistory {
    var history = MadeHistory()
    history.rules.order = .synchronous
    history.start(at: 1000)
    for round in 0..<10 {
      let start = 1000 + 10 * Double(round)
      history.train(0, score: 1, worker: "a", at: (start, start + 10))
      history.train(1, score: 1, worker: "b", at: (start, start + 10 - waiting))
    }
    return history
  }

  @Test func `Workers that wait for half of their time are named`() throws {
    let finding = try #require(history(waiting: 5).finding(.idleWorkers))
    #expect(finding.evidence["share"] == .number(0.75))
    #expect(finding.evidence["worker_seconds"] == .number(200))
    #expect(finding.advice?.contains("order: asynchronous") == true)
  }

  @Test func `Workers that hardly wait are not`() {
    #expect(history(waiting: 1).finding(.idleWorkers) == nil)
  }

  @Test func `Members of a batch share their time, and what lies between two starts does not count`() throws {
    var history = MadeHistory()
    for start in [0.0, 10_000] {
      history.start(at: start)
      for member in 0..<4 { history.train(member, score: 1, worker: "a", at: (start + 60, start + 100)) }
    }
    let finding = try #require(history.finding(.idleWorkers))
    #expect(finding.evidence["trainer_seconds"] == .number(80))
    #expect(finding.evidence["worker_seconds"] == .number(200))
  }
}
