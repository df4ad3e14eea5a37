@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers in which a value matters only where two others meet.
@Suite struct CheckConditionTests {
  static let momentum = Check.Finding.Subject.effect("momentum")

  /// Momentum is of use for sgd under a cosine only, which is not the usual schedule either.
  static func conditional(first: String = "pass", isUsed: Bool = true) -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        \(first)
        state = load(interval.checkpoint, {"weight": 1.0})
        rate = interval["rate"]
        for name in ("norm", "loss", "init", "order"): rate *= 1 + len(interval[name]) / 10
        rate *= 1 + len(interval["optimizer"]) / 10
        if interval["optimizer"] == "sgd" and interval["schedule"] == "cosine" and \(isUsed ? "True" : "False"):
            rate *= 1 + interval["momentum"]
        elif interval["schedule"] == "flat": rate *= 2
        elif interval["schedule"] == "step": rate *= 3
        shrink(state, interval, rate)
        save(interval.save_to, state)
        interval.report(score=state["weight"])
    """
  }
  static let conditions = """
    rate: {log_uniform: [1.0e-4, 1.0e-3]}, norm: {choice: [a, bb, ccc]}, loss: {choice: [a, bb, ccc]}, \
    init: {choice: [a, bb, ccc]}, order: {choice: [a, bb, ccc]}, optimizer: {choice: [adamw, lion, sgd]}, \
    schedule: {choice: [flat, step, cosine]}, momentum: {uniform: [0, 0.99]}
    """

  @Test(arguments: ["pass", #"interval["momentum"]"#])
  func aValueThatMattersWhereTwoChoicesMeetIsTriedThere(first: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.conditional(first: first), hyperparameters: Self.conditions
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    let found = try #require(findings[Self.momentum]?.found)
    #expect(found.hasPrefix("has an effect with "))
    #expect(found.contains("optimizer=sgd") && found.contains("schedule=cosine"))
  }

  @Test(arguments: ["pass", #"interval["momentum"]"#])
  func oneThatMattersNowhereFailsAndSaysThatEveryTwoValuesHaveMet(first: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.conditional(first: first, isUsed: false), hyperparameters: Self.conditions
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.momentum])
    let found = try #require(findings[Self.momentum]?.found)
    #expect(found.hasPrefix("NO EFFECT") && found.hasSuffix("in which every two of their values meet"))
    #expect(found.contains("further combinations of norm, loss, init, order, optimizer, schedule"))
  }

  /// Where something cannot be trained, or there is too much to try, nobody knows.
  @Test func whereNotAllMeetNothingIsClaimed() async throws {
    let (_, findings) = try await TrainerFolder(
      Self.conditional(
        first: #"if interval["optimizer"] + interval["schedule"] == "sgdcosine": raise MemoryError("out of memory")"#
      ), hyperparameters: Self.conditions
    ).check()
    let finding = try #require(findings[Self.momentum])
    #expect(finding.isUntold && !finding.found.contains("NO EFFECT"))
    #expect(finding.found.contains("could not be trained") && finding.found.contains("there are more combinations"))
    #expect(finding.remedy?.contains("`initial`") == true)
  }

  @Test func whatIsRefusedNeedNotBeTried() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          if interval["optimizer"] == "sgd" and interval["schedule"] == "cosine":
              interval.invalid("not together")
              continue
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, len(interval["optimizer"] + interval["schedule"]) / 1000)
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """,
      hyperparameters:
        "optimizer: {choice: [adamw, sgd]}, schedule: {choice: [flat, cosine]}, momentum: {uniform: [0, 0.99]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.momentum])
    #expect(findings[Self.momentum]?.verdict == .failed)
  }
}
