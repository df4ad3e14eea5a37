import PoptrainExperimentFile
import PopulationBasedTraining
import Testing

/// What the file says of the rules is understood.
struct RulesReadingTests {
  private func read(_ yaml: String) throws -> Experiment {
    try ExperimentFile.parse(text: complete(yaml), path: "digits.yaml", programs: testPrograms)
  }

  @Test(arguments: [
    ("60", IntervalLength.every(60)), ("{linear: [20, 100]}", .linear(from: 20, to: 100)),
    ("{linear: [1e2, 20]}", .linear(from: 100, to: 20)), ("[20, 40, 80]", .listed([20, 40, 80])), ("[7]", .listed([7])),
  ])
  func intervals(written: String, expected: IntervalLength) throws {
    #expect(try read("interval: \(written)").rules.interval == expected)
  }

  @Test(arguments: ["burn_in", "burn_in_period"])
  func burnIn(key: String) throws {
    #expect(try read("\(key): 30").rules.burnIn == 30)
  }

  @Test(arguments: [
    ("last", ScoreWindow.last), ("{mean: 5}", .mean(5)), ("{median: 1}", .median(1)), ("{best: 1e1}", .best(10)),
  ])
  func scores(written: String, expected: ScoreWindow) throws {
    #expect(try read("score: \(written)").rules.score == expected)
  }

  @Test func furtherMetrics() throws {
    let rules = try read(
      """
      metric: accuracy
      mode: max
      objectives: [{metric: latency, mode: min}, {metric: a b, mode: max}]
      require: ["latency  <= 0.1", recall >= 9e-1, recall <= 1, accuracy >= -.5]
      """
    ).rules
    #expect(rules.objectives == [Objective("latency", .min), Objective("a b", .max)])
    #expect(
      rules.requirements == [
        Requirement("latency", isAtMost: true, limit: 0.1), Requirement("recall", isAtMost: false, limit: 0.9),
        Requirement("recall", isAtMost: true, limit: 1), Requirement("accuracy", isAtMost: false, limit: -0.5),
      ])
  }

  @Test(arguments: [
    ("asynchronous", Rules.Order.asynchronous), ("synchronous", .synchronous(fraction: 1)),
    ("{synchronous: {fraction: 0.75}}", .synchronous(fraction: 0.75)), ("{synchronous: {}}", .synchronous),
  ])
  func orders(written: String, expected: Rules.Order) throws {
    #expect(try read("order: \(written)").rules.order == expected)
  }

  @Test(arguments: [
    ("0.01", Rules.ImprovementGap(absolute: 0.01)), ("0", Rules.ImprovementGap()), ("{}", Rules.ImprovementGap()),
    ("{deviations: 2}", Rules.ImprovementGap(deviations: 2)),
    ("{absolute: 0.01, deviations: 1.0}", Rules.ImprovementGap(absolute: 0.01, deviations: 1)),
  ])
  func gaps(written: String, expected: Rules.ImprovementGap) throws {
    #expect(try read("improvement_gap: \(written)").rules.improvementGap == expected)
  }

  @Test func wordsOfSelection() throws {
    let rules = try read("compare: equal_experience\ninherit: weights\nevaluate_copies: true\nbounds: clip").rules
    #expect(rules.compare == .equalExperience)
    #expect(rules.inherit == .weights)
    #expect(rules.evaluatesCopies)
    #expect(rules.bounds == .clip)
    #expect(try read("inherit: hyperparameters").rules.inherit == .hyperparameters)
  }

  @Test(arguments: [
    ("4", Array(repeating: Subpopulation(size: 5), count: 4)),
    ("10", Array(repeating: Subpopulation(size: 2), count: 10)),
    ("[{size: 8}, {size: 12, intervals: 10}]", [Subpopulation(size: 8), Subpopulation(size: 12, intervals: 10)]),
    ("[{size: 10}, {size: 10}]", Array(repeating: Subpopulation(size: 10), count: 2)),
  ])
  func subpopulations(written: String, expected: [Subpopulation]) throws {
    #expect(try read("population_size: 20\nsubpopulations: \(written)").rules.subpopulations == expected)
  }

  @Test func stopping() throws {
    let experiment = try read("stop: {target: 0.97, stagnation: 10, wall_clock: 8h}")
    #expect(experiment.rules.stop == Rules.Stop(target: 0.97, stagnation: 10))
    #expect(experiment.wallClock == .seconds(8 * 3600))
    let target = try read("stop: {target: -3}")
    #expect(target.rules.stop == Rules.Stop(target: -3))
    #expect(target.wallClock == nil)
  }

  @Test func constraints() throws {
    let space = try read(
      """
      hyperparameters:
        low: {uniform: [0, 1]}
        high: {ordered: [0.25, 0.5, 2.0]}
        width: 40
      constraints: [low < high, low <= 5e-1, high > low, width >= low, "high  !=\\t2", width == 40]
      """
    ).rules.space
    #expect(
      space.constraints == [
        Constraint("low", .less, .hyperparameter("high")), Constraint("low", .atMost, .number(0.5)),
        Constraint("high", .greater, .hyperparameter("low")), Constraint("width", .atLeast, .hyperparameter("low")),
        Constraint("high", .different, .number(2)), Constraint("width", .equal, .number(40)),
      ])
  }

  @Test func aLargePopulationIsTriedInPart() throws {
    let yaml = "population_size: 100_000\nhyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [a < 0.1]"
    #expect(try read(yaml).rules.space.constraints.count == 1)
  }

  @Test(arguments: [
    (
      "{uniform: [0.9, 0.999], transform: one_minus}",
      Hyperparameter("a", .oneMinus(0.9, 0.999))
    ),
    (
      "{uniform: [-1, 0.5], transform: one_minus, initial: 0}",
      Hyperparameter("a", .oneMinus(-1, 0.5), initial: .number(0))
    ),
    ("{uniform: [0.1, 1], transform: log}", Hyperparameter("a", .logUniform(0.1, 1))),
    ("{ordered: [1, 2], bounds: clip}", Hyperparameter("a", .ordered([.integer(1), .integer(2)]), bounds: .clip)),
    ("{uniform: [0, 1], explore: none}", Hyperparameter("a", .uniform(0, 1), explore: choice("none", [:]))),
    (
      "{uniform: [0.0, 0.9], explore: {additive: {deviation: 0.05}}, bounds: reflect}",
      Hyperparameter(
        "a", .uniform(0, 0.9), explore: choice("additive", ["deviation": .number(0.05)]), bounds: .reflect)
    ),
  ])
  func hyperparameters(written: String, expected: Hyperparameter) throws {
    #expect(try read("hyperparameters: {a: \(written)}").rules.space["a"] == expected)
  }

  private static func choice(_ name: String, _ given: [String: Setting.Value]) -> RuleChoice? {
    ExploreRules.all.first { $0.name == name }.map { RuleChoice($0, given) }
  }

  @Test(arguments: [
    ("{0: 0.1, 600: 1}", [(age: 0, value: Value.number(0.1)), (600, .number(1))]),
    ("{0: 1, 1e2: 2}", [(0, .integer(1)), (100, .integer(2))]), ("{0: x}", [(0, .text("x"))]),
    ("{\"0\": true, 1_000: false}", [(0, .boolean(true)), (1000, .boolean(false))]),
  ])
  func schedules(written: String, expected: [(age: Int, value: Value)]) throws {
    let experiment = try read("population_size: 1\nexploit: none\nhyperparameters: {a: {schedule: \(written)}}")
    #expect(experiment.rules.space["a"]?.domain == .scheduled(Schedule(expected)))
  }

  @Test(arguments: ["none", "explore_only"])
  func oneMemberIsEnoughForARuleThatCopiesNobody(rule: String) throws {
    #expect(try read("population_size: 1\nexploit: \(rule)").rules.populationSize == 1)
  }

  @Test func wholeSettingsAreWrittenWhole() throws {
    let experiment = try read("exploit: {t_test: {evaluations: 1e1}}")
    #expect(experiment.yaml.contains("\nexploit: {t_test: {evaluations: 10, p_value: 0.05}}\n"))
  }
}
