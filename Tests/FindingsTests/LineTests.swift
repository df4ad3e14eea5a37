import Poptrain
import PopulationBasedTraining
import Testing

@testable import PoptrainFindings

@Suite struct TakeoverTests {
  /// One value decides everything, and half of the others copy from the best each time.
  @Test func `A founder that takes over early is named`() async throws {
    let climb = Climb(intervals: 40, .init(gain: { $0["rate"] * $0["rate"] }))
    let finding = try #require(try await climb.finding(.takeover))
    #expect(finding.evidence["founders"] == .integer(16))
    #expect(try #require(finding.evidence["takeover_share"]?.asNumber) < Takeover.early)
    #expect(try #require(finding.evidence["intervals_to_common_ancestor"]?.asNumber) < 30)
  }

  @Test func `Where founders are left there is nothing to say`() async throws {
    #expect(try await Climb(intervals: 6, .init(gain: { $0["rate"] })).finding(.takeover) == nil)
  }

  @Test func `A takeover is counted from when the last other founder was lost, and to the common ancestor`() throws {
    var history = MadeHistory()
    history.rules.steps = 1000
    var last = 0
    for _ in 0..<2 { for member in 0..<4 { last = history.train(member, score: Double(member)) } }
    for member in 0..<2 { history.copy(3, to: member, of: last) }
    #expect(history.finding(.takeover) == nil)
    for member in 0..<4 { history.train(member, score: 1) }
    history.copy(0, to: 2, of: history.records.count - 3)
    for _ in 0..<3 { for member in 0..<4 { history.train(member, score: 2) } }
    let finding = try #require(history.finding(.takeover))
    #expect(finding.evidence["takeover_share"] == .number(120 / 4000))
    #expect(finding.evidence["trained_share"] == .number(240 / 4000))
    // Three of them trained four intervals since member 3's second; member 2 copied one in between.
    #expect(finding.evidence["intervals_to_common_ancestor"] == .number(4))
  }
}

@Suite struct ShortIntervalTests {
  @Test func `An interval that improves less than noise is short, and how long it should be`() async throws {
    let climb = Climb(members: 20, intervals: 60, .init(gain: { _ in 0.1 }, noise: 1))
    let finding = try #require(try await climb.finding(.shortInterval))
    #expect(finding.severity == .warning)
    #expect(abs(try #require(finding.evidence["noise"]?.asNumber) - 1) < 0.25)
    #expect(abs(try #require(finding.evidence["improvement"]?.asNumber) - 0.1) < 0.05)
    let wanted = try #require(finding.evidence["wanted_steps"]?.asNumber)
    #expect((60...180).contains(wanted), "\(wanted)")
  }

  @Test func `An interval that improves more than noise is long enough, and so is one of a model that has converged`()
    async throws
  {
    let fast = Climb(members: 20, intervals: 60, .init(gain: { _ in 2 }, noise: 1))
    #expect(try await fast.finding(.shortInterval) == nil)
    let converged = Climb(members: 20, intervals: 60, .init(gain: { $0.number < 20 ? 0.1 : 0 }, noise: 1))
    #expect(try await converged.finding(.shortInterval) == nil)
  }
}

@Suite struct LuckyBestTests {
  /// With one seed in five it is too close to the scores beside it.
  @Test(arguments: 1...4) func `The best of equal models is luck`(seed: Int) async throws {
    let climb = Climb(intervals: 40, seed: UInt64(seed), .init(noise: 1))
    let finding = try #require(try await climb.finding(.luckyBest))
    #expect(try #require(finding.evidence["best"]?.asNumber) > 2)
    #expect(abs(try #require(finding.evidence["expected"]?.asNumber)) < 2)
    #expect(abs(try #require(finding.evidence["noise"]?.asNumber) - 1) < 0.4)
  }

  /// It rises to the middle of the run, and falls as gently.
  @Test(arguments: 1...5) func `The best of a smooth curve is none`(seed: Int) async throws {
    let climb = Climb(
      intervals: 40, seed: UInt64(seed), .init(gain: { 1 - Double($0.steps.lowerBound) / 200 }, noise: 0.01))
    #expect(try await climb.finding(.luckyBest) == nil)
  }

  @Test func `The mean of several evaluations is not one`() async throws {
    var climb = Climb(intervals: 40, .init(noise: 1))
    climb.rules.score = .mean(3)
    #expect(try await climb.finding(.luckyBest) == nil)
  }
}
