@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers whose process goes on with a model in memory instead of the checkpoint that it is given.
@Suite struct CheckKeptTests {
  static func trainer(_ model: String, before: String = "model = None", after: String = "pass", noise: String = "0")
    -> String
  {
    """
    import poptrain
    \(before)
    for interval in poptrain.intervals():
        fresh = {"weight": 1.0 + interval.seed / 2**34}
        model = \(model)
        shrink(model, interval, interval["learning_rate"])
        \(after)
        save(interval.save_to, model)
        interval.report(score=model["weight"] + \(noise))
    """
  }

  /// Whatever checkpoint is given; what it has in memory of the member; and fresh on top of what was trained.
  static let wrong = [
    ("model or load(interval.checkpoint, fresh)", "model = None", "pass"),
    (
      "cache[interval.member] if interval.member in cache else load(interval.checkpoint, fresh)", "cache = {}",
      "cache[interval.member] = model"
    ),
    (
      "cache[key] if (key := (interval.member, interval.start)) in cache else load(interval.checkpoint, fresh)",
      "cache = {}",
      "cache[interval.member, interval.stop] = dict(model)"
    ),
    (#"load(interval.checkpoint, {}) or model"#, #"model = {"weight": 1.0}"#, "pass"),
  ]

  @Test(arguments: wrong)
  func oneThatGoesOnWithAModelInMemoryFails(model: String, before: String, after: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(model, before: before, after: after), hyperparameters: "learning_rate: {uniform: [0.005, 0.02]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.load])
    let finding = try #require(findings.all.first { $0.verdict == .failed })
    #expect(finding.found.contains("it continues with a model that is still in memory"))
    #expect(finding.remedy?.contains("intervals_per_process: 1") == true)
  }

  /// Each model begins anew far from the others, and nothing is left over.
  @Test func unseededModelsThatBeginAnewAreNotToldToLeaveSomethingOver() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(#"load(interval.checkpoint, {"weight": random.uniform(0, 1e6)})"#, noise: "1e-5 * random.random()"),
      hyperparameters: "learning_rate: {uniform: [0.005, 0.02]}"
    ).check()
    #expect(ending != .failed)
    #expect(!findings.all.contains { $0.found.contains("left over") })
  }

  @Test func itIsSeenThroughALittleNoise() async throws {
    let (model, before, after) = Self.wrong[1]
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(model, before: before, after: after, noise: "1e-5 * random.random()"),
      hyperparameters: "learning_rate: {uniform: [0.005, 0.02]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.all.contains { $0.subject == .load && $0.verdict == .failed })
  }

  /// It keeps what it has saved, and goes on with that where `warm` says so.
  @Test func oneThatKeepsWhatItHasSavedIsFine() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer("model if interval.warm else load(interval.checkpoint, fresh)")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test func oneThatCannotTrainACopyFails() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer("load(interval.checkpoint, fresh)", after: "if interval.is_copy: raise KeyError('of the donor')")
    ).check()
    #expect(ending == .failed)
    #expect(findings.all.contains { $0.subject == .load && $0.found.contains("of the donor") })
  }

  // MARK: Commands

  static func command(_ start: String, noise: String = "0") -> String {
    """
    load_from, save_to, start, stop, rate = sys.argv[1:]
    state = {"weight": 1.0}
    \(start)
    for _ in range(int(start), int(stop)): state["weight"] *= 1 - float(rate)
    save(pathlib.Path(save_to), state)
    print("score =", state["weight"] + \(noise))
    """
  }
  static let arguments = #"[python3, train.py, "{load}", "{save}", "{start}", "{stop}", "{learning_rate}"]"#

  /// It loads nothing, or, where there is a checkpoint, something else.
  @Test(arguments: ["pass", #"if load_from: state["weight"] = 0.5"#])
  func aCommandThatDoesNotLoadFails(start: String) async throws {
    let (ending, findings) = try await TrainerFolder(Self.command(start), command: Self.arguments).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.load])
    #expect(findings[.load]?.found.contains("whatever checkpoint it is given") == true)
    #expect(findings[.load]?.remedy?.contains("{load}") == true)
  }

  @Test(arguments: ["0", "1e-4 * random.random()"])
  func aCommandThatLoadsIsFine(noise: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.command("if load_from: state = load(pathlib.Path(load_from), {})", noise: noise), command: Self.arguments
    ).check()
    #expect(ending == .passed)
    #expect(findings[.load]?.found == "resumes from the given checkpoint")
  }
}
