@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers of several members that gather rightly, or nearly so, and do something else wrong.
@Suite struct CheckBatchTests {
  /// A population of weights with momentum, and noise of a seed. The parts are lines of Python, each to be replaced by a wrong
  /// one.
  struct Parts {
    var load = "load(one.checkpoint, fresh(one))"
    var gather = "[dict(population[p]) if p >= 0 else start(batch, one) for one, p in zip(batch, batch.parents)]"
    var generators = "[random.Random(seed) for seed in batch.seeds]"
    var gradient = "model['weight'] - 1"
    var saved = "models"
    var reported = "scores"
    var noise = "0"

    var script: String {
      """
      import os
      import poptrain

      def fresh(one):
          return {"weight": 2.0 + one.seed / 2**31, "momentum": 0.0}

      def start(batch, one):
          return \(load)

      population = []
      for batch in poptrain.batches(capacity=8):
          models = \(gather)
          generators = \(generators)
          for step in batch.steps:
              weights = [model["weight"] for model in models]
              for i, model in enumerate(models):
                  gradient = \(gradient) + 0.1 * generators[i].random()
                  model["momentum"] = 0.5 * model["momentum"] + gradient
                  model["weight"] -= batch["learning_rate"][i] * model["momentum"]
          population = models
          for interval, model in zip(batch, \(saved)): save(interval.save_to, model)
          scores = [model["weight"] + \(noise) for model in models]
          batch.report(score=\(reported))
      """
    }
  }

  private func check(_ change: (inout Parts) -> Void) async throws -> (Check.Ending, Findings) {
    var parts = Parts()
    change(&parts)
    let (ending, findings) = try await TrainerFolder(parts.script, population: 5).check()
    return (ending, findings)
  }

  @Test func oneWhoseMembersAreIndependentIsFine() async throws {
    let (ending, findings) = try await check { _ in }
    #expect(ending == .passed)
    #expect(findings[.gather]?.verdict == .ok, "\(String(describing: findings[.gather]))")
  }

  @Test(arguments: [
    "[random.Random(batch.seeds[0])] * len(batch)", "[random.Random(batch.seeds[0] + i) for i in range(len(batch))]",
    "[random.Random(batch.seeds[-1] + i) for i in range(len(batch))]",
    "[random.Random(sum(batch.seeds) + i) for i in range(len(batch))]",
  ])
  func oneThatSeedsEveryMemberFromAnotherIsFound(generators: String) async throws {
    let (ending, findings) = try await check { $0.generators = generators }
    #expect(ending == .failed)
    let gather = try #require(findings[.gather])
    #expect(gather.verdict == .failed)
    #expect(gather.found.hasSuffix(" when the others of its batch have other seeds"), "\(gather.found)")
    #expect(gather.remedy?.hasPrefix("seed each member from its own `batch.seeds[i]`") == true)
  }

  @Test func oneThatSeedsByThePlaceInTheBatchIsFound() async throws {
    let (ending, findings) = try await check {
      $0.generators = "[random.Random(1000 * batch.starts[0] + i) for i in range(len(batch))]"
    }
    #expect(ending == .failed)
    #expect(findings[.gather]?.found.contains(" at another position in the batch, under the same") == true)
  }

  @Test func oneThatMixesItsMembersIsFound() async throws {
    let (ending, findings) = try await check { $0.gradient = "model['weight'] - sum(weights) / len(weights)" }
    #expect(ending == .failed)
    #expect(findings[.gather]?.found.hasPrefix("batch.parents") == false)
    #expect(findings[.gather]?.found.contains(" when the others of its batch have other") == true)
  }

  /// What is wrong, and how the reason begins or what is in it.
  static let mistakes: [(what: String, change: @Sendable (inout Parts) -> Void, reason: String)] = [
    (
      "gathers no momentum",
      {
        $0.gather = """
          [{"weight": population[p]["weight"], "momentum": population[i]["momentum"]} if p >= 0 else start(batch, one) \
          for i, (one, p) in enumerate(zip(batch, batch.parents))]
          """
      }, "what is in memory is not, or not all, what the parent has saved. "
    ),
    ("reports in another order", { $0.reported = "scores[::-1]" }, "in a batch, batch["),
    (
      "reports what the parents score", { $0.reported = "[scores[p % len(scores)] for p in batch.parents]" },
      " saves the same from memory as from the checkpoint of its parent, but reports "
    ),
    ("saves into the folders of others", { $0.saved = "models[::-1]" }, "the checkpoint of batch["),
    (
      "loads the checkpoint of the first", { $0.load = "load(batch[0].checkpoint, fresh(one))" },
      "wrong models are loaded in a batch. "
    ),
  ]

  @Test(arguments: mistakes.indices)
  func theReasonIsTrue(mistake: Int) async throws {
    let mistake = Self.mistakes[mistake]
    let (ending, findings) = try await check(mistake.change)
    #expect(ending == .failed, "\(mistake.what)")
    let found = try #require(findings[.gather]).found
    #expect(found.contains(mistake.reason), "\(mistake.what): \(found)")
    #expect(!found.contains("is ignored"), "\(mistake.what): \(found)")
  }

  @Test(arguments: mistakes.indices)
  func noWrongReasonIsToldDespiteNoise(mistake: Int) async throws {
    let mistake = Self.mistakes[mistake]
    let (_, findings) = try await check {
      mistake.change(&$0)
      $0.noise = "1e-4 * random.Random(os.urandom(8)).random()"
    }
    let gather = try #require(findings[.gather])
    #expect(!gather.found.contains("is ignored"), "\(mistake.what): \(gather.found)")
    if mistake.what.hasPrefix("reports"), gather.verdict == .failed {
      #expect(gather.remedy?.hasPrefix("seed each member") == false, "\(gather.found)")
    }
    if gather.verdict == .failed, mistake.what.hasPrefix("saves") || mistake.what.hasPrefix("loads") {
      #expect(!gather.found.contains("in memory"), "\(mistake.what): \(gather.found)")
    }
  }

  /// A process that carries something over gives other results than a fresh one, whatever it gathers.
  @Test func whatAProcessCarriesOverIsNoWrongModel() async throws {
    let (_, findings) = try await check {
      $0.generators = "globals().setdefault('common', [random.Random(7)] * 8)"
    }
    #expect(findings[.repetition]?.verdict == .warning)
    #expect(findings[.gather]?.found.contains("in memory") == false, "\(String(describing: findings[.gather]))")
  }
}
