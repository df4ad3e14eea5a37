@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers that train several members at once.
@Suite struct CheckGatherTests {
  /// A population of weights in one list. `gather` makes the list `models` of the batch from the `population` before;
  /// `rate` is that of slot `i`.
  static func trainer(gather: String, rate: String = #"batch["learning_rate"][i]"#, noise: String = "0") -> String {
    """
    import poptrain

    def start(interval):
        fresh = {"weight": 1.0 + interval.seed / 2**32}
        return load(interval.checkpoint, fresh)["weight"]

    population = []
    for batch in poptrain.batches(capacity=8):
    \(gather.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        for step in batch.steps:
            for i in range(len(batch)): models[i] *= 1 - \(rate)
        population = models
        for interval, weight in zip(batch, models): save(interval.save_to, {"weight": weight})
        batch.report(score=[weight + \(noise) for weight in models])
    """
  }

  static let right = "models = [population[p] if p >= 0 else start(one) for one, p in zip(batch, batch.parents)]"
  /// Each slot goes on with its own model, as long as there is one.
  static let ignoring = """
    models = [population[i] if p >= 0 else start(one) for i, (one, p) in enumerate(zip(batch, batch.parents))]
    """
  /// A model is overwritten before the one that goes on with it has it.
  static let inPlace = """
    models = population if max(batch.parents) >= 0 else [0.0] * len(batch)
    for i, (one, p) in enumerate(zip(batch, batch.parents)): models[i] = models[p] if p >= 0 else start(one)
    del models[len(batch):]
    """
  /// Of several that copy one model, only the first does.
  static let once = """
    taken = set()
    models = []
    for i, (one, p) in enumerate(zip(batch, batch.parents)):
        models.append(start(one) if p < 0 else population[p] if p not in taken else population[i])
        taken.add(p)
    """

  private func check(_ script: String, population: Int = 5) async throws -> (Check.Ending, Findings) {
    let (ending, findings) = try await TrainerFolder(script, population: population).check()
    return (ending, findings)
  }

  @Test(arguments: [2, 3, 5])
  func oneThatGathersIsFine(population: Int) async throws {
    let (ending, findings) = try await check(Self.trainer(gather: Self.right), population: population)
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(findings[.gather]?.verdict == .ok)
  }

  @Test func oneThatTakesOneMemberIsNotAskedForMore() async throws {
    let (_, findings) = try await check(CheckTests.good)
    #expect(findings[.gather] == nil)
  }

  @Test(arguments: [2, 3, 5])
  func oneThatIgnoresTheParentsIsFound(population: Int) async throws {
    let (ending, findings) = try await check(Self.trainer(gather: Self.ignoring), population: population)
    #expect(ending == .failed)
    #expect(findings.troubles == [.gather])
    #expect(findings[.gather]?.found.hasPrefix("batch.parents is ignored: ") == true)
    #expect(findings[.gather]?.remedy?.contains("gather the models of all parents before any is trained") == true)
  }

  @Test(arguments: [inPlace, once])
  func oneThatGathersWronglyIsFound(gather: String) async throws {
    let (ending, findings) = try await check(Self.trainer(gather: gather))
    #expect(ending == .failed)
    #expect(findings.troubles == [.gather])
    let words =
      gather == Self.inPlace ? "models in memory are overwritten while" : "what is in memory is not, or not all,"
    #expect(findings[.gather]?.found.hasPrefix(words) == true)
  }

  /// Where the parent is -1, it goes on with what is in memory as well.
  @Test(arguments: ["population[p]", "population[i % len(population)]"])
  func oneThatDoesNotLoadWhereThereIsNoParentIsFound(model: String) async throws {
    let (ending, findings) = try await check(
      Self.trainer(
        gather: """
          models = [\(model) if population else start(one) for i, (one, p) in enumerate(zip(batch, batch.parents))]
          """))
    #expect(ending == .failed)
    #expect(findings.troubles == [.load, .gather])
    let finding = try #require(findings.all.first { $0.verdict == .failed })
    #expect(finding.subject == .load && finding.found.contains("it continues with a model that is still in memory"))
    #expect(finding.remedy?.contains("`batch.parents[i]`") == true)
    #expect(findings[.gather]?.found == "not tested: first fix what `load` has found")
  }

  @Test func oneThatTrainsAllUnderTheValuesOfTheFirstIsFound() async throws {
    let (ending, findings) = try await check(Self.trainer(gather: Self.right, rate: #"batch["learning_rate"][0]"#))
    #expect(ending == .failed)
    #expect(findings.troubles == [.gather])
    #expect(findings[.gather]?.found.hasSuffix(" when the others of its batch have other values") == true)
  }

  @Test func oneThatCannotTrainFewerThanBeforeIsFound() async throws {
    let (ending, findings) = try await check(
      Self.trainer(gather: Self.right + "\nif len(batch) < len(population): raise ValueError('another shape')"))
    #expect(ending == .failed)
    #expect(findings[.gather]?.verdict == .failed)
    #expect(
      findings[.gather]?.found.contains("another shape") == true
        || findings[.gather]?.logTail.contains("another shape") == true)
  }

  /// Under equal values, the first member's value is that of all.
  @Test func aBrokenContractThatEqualValuesHideIsFound() async throws {
    let first = "[batch['learning_rate'][0]] * len(batch)"
    let (ending, findings) = try await check(
      Self.trainer(gather: Self.right + "\nbatch.applied(learning_rate=\(first))"))
    #expect(ending == .failed)
    #expect(findings[.gather]?.found.contains("was applied") == true, "\(findings[.gather]?.found ?? "")")
  }

  /// Noise of the size 0.001, where models are up to 1 apart.
  static let little = "1e-3 * random.random()"

  @Test func aWrongGatherIsSeenThroughALittleNoise() async throws {
    let (ending, findings) = try await check(Self.trainer(gather: Self.ignoring, noise: Self.little))
    #expect(ending == .failed)
    #expect(findings[.gather]?.verdict == .failed)
    let (_, right) = try await check(Self.trainer(gather: Self.right, noise: Self.little))
    #expect(right[.gather]?.verdict == .ok)
  }

  @Test func whatNoiseHidesIsSaid() async throws {
    let (ending, findings) = try await check(Self.trainer(gather: Self.right, noise: "100 * random.random()"))
    #expect(ending == .untold)
    #expect(findings[.gather]?.verdict == .inconclusive)
  }
}
