@testable import PoptrainChecking
@testable import PoptrainEngine
import PopulationBasedTraining
import PoptrainTrainers
import Testing

/// What a check says of a trainer that it has told to end.
@Suite struct CheckStopTests {
  static func finding(_ outcome: Scratch.Outcome, _ hasProgressed: Bool?, isKilled: Bool = false) -> Check.Finding {
    Interruption(
      asked: 40, hasProgressed: hasProgressed, isKilled: isKilled, duration: .milliseconds(3), outcome: outcome
    ).finding
  }

  static func trained(_ steps: Int) -> Scratch.Outcome { .trained(Trial(metric: 1, metrics: [:], steps: steps)) }
  static let ended = Scratch.Outcome.failed(TrainerFailure(.exited, "killed by SIGTERM"))

  @Test(arguments: [nil, false, true])
  func whatWasNotTestedIsNotSaidToStop(hasProgressed: Bool?) {
    let finding = Self.finding(Self.trained(40), hasProgressed)
    #expect(finding.verdict == .inconclusive && finding.found.hasPrefix("not tested: the interval ended"))
    #expect(!finding.isUntold)
    let failed = Self.finding(Self.ended, nil)
    #expect(failed.verdict == .inconclusive && failed.found.hasSuffix("of 40 steps failed: killed by SIGTERM"))
  }

  @Test func oneThatEndsOrSavesIsFine() {
    #expect(Self.finding(Self.ended, true).found.hasSuffix("in the middle of an interval"))
    #expect(Self.finding(Self.ended, false).found.hasSuffix("after half the time of an interval"))
    for outcome in [Self.ended, Self.trained(7)] { #expect(Self.finding(outcome, true).verdict == .ok) }
  }

  @Test func oneThatHadToBeKilledIsWarnedOf() {
    #expect(Self.finding(Self.ended, true, isKilled: true).verdict == .warning)
  }

  @Test func aCommandThatIsOverAtOnceIsNotTested() async throws {
    let (_, findings) = try await TrainerFolder(
      "", command: #"[sh, -c, "trap '' TERM; echo 1 > {save}/state; echo score={learning_rate}"]"#
    ).check()
    #expect(findings[.stop]?.verdict == .inconclusive)
    #expect(findings[.stop]?.found.hasPrefix("not tested") == true)
  }
}
