@testable import PoptrainRuns
@testable import PoptrainComparing
import PoptrainExperimentFile
import PopulationBasedTraining
import Testing

@testable import PoptrainEngine

@Suite struct AlternativeTests {
  @Test(arguments: Alternative.all.map(\.name))
  func `An alternative changes one rule and nothing else`(name: String) throws {
    var experiment = try plan().experiment
    experiment.rules.populationSize = 6
    experiment.rules.subpopulations = Array(repeating: Subpopulation(size: 2), count: 3)
    let alternative = try #require(Alternative.named(name))
    let changed = alternative.changing(experiment)
    let keys = changed.changes(from: experiment).map(\.key)
    // Those that are the defaults of the experiment file change nothing.
    #expect(keys == [] ? ["truncation", "perturb"].contains(name) : keys == ["exploit"] || keys == ["explore"])
    #expect(try ExperimentFile.parse(text: changed.yaml, path: "experiment.yaml") == changed)
  }

  @Test func `The controls are what they are called`() throws {
    func rules(_ name: String) throws -> [String] {
      let rules = try #require(Alternative.named(name)).changing(try plan().experiment).rules
      return [rules.exploit.name, rules.explore.name]
    }
    #expect(try rules("random_search") == ["none", "perturb"])
    #expect(try rules("no_explore") == ["truncation", "none"])
    #expect(try rules("no_exploit") == ["explore_only", "perturb"])
    #expect(try rules("binary_tournament") == ["binary_tournament", "perturb"])
    #expect(try rules("resample") == ["truncation", "resample"])
  }

  @Test func `Every rule may be named, and no name is there twice`() {
    let names = Alternative.all.map(\.name)
    #expect(Set(names).count == names.count)
    let rules = ExploitRules.all.map { $0.name } + ExploreRules.all.map { $0.name }
    #expect(Set(rules).subtracting(names) == ["none"])
    #expect(!names.contains("baseline"))
    #expect(Alternative.named("none") == nil)
  }

  @Test func `The same experiment twice is refused`() throws {
    func problem(_ names: [String], more: String = "") throws -> String {
      let error = #expect(throws: WrongComparison.self) { try plan(names, more: more) }
      return error?.description ?? ""
    }
    #expect(
      try problem(["random_search"], more: "exploit: none").hasPrefix("`baseline` and `random_search` are the same"))
    #expect(try problem(["no_exploit", "explore_only"]).hasPrefix("`no_exploit` and `explore_only` are the same"))
    #expect(try problem(["resample", "resample"]).hasPrefix("`resample` and `resample` are the same"))
  }

  @Test func `A seed that the experiment file could not have is refused before anything runs`() throws {
    let plan = try plan(["resample"])
    var experiment = plan.experiment
    experiment.rules.seed = 1 << 53
    func seeds(_ count: Int) throws -> [UInt64] {
      try ComparisonPlan(
        experiment, with: Array(plan.alternatives.dropFirst()), seedCount: count, in: plan.directory,
        folder: plan.folder
      ).seeds
    }
    #expect(try seeds(1) == [1 << 53])
    let error = #expect(throws: WrongComparison.self) { try seeds(2) }
    #expect(error?.description.contains("the last of 2 seeds is 9007199254740993, more than 2^53") == true)
  }

  @Test func `The runs of a seed come together, each with its seed in a folder of its own`() throws {
    let plan = try plan(["random_search", "resample"], seeds: 2)
    #expect(plan.seeds == [5, 6])
    #expect(
      plan.runs.map { $0.directory.path.split(separator: "/").last } == [
        "baseline-seed5", "random_search-seed5", "resample-seed5", "baseline-seed6", "random_search-seed6",
        "resample-seed6",
      ])
    #expect(plan.runs.allSatisfy { $0.experiment.rules.seed == $0.seed })
    #expect(plan.stepsPerRun == 400)
  }
}
