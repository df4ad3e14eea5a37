import PoptrainExperimentFile
import PoptrainFigures
import PopulationBasedTraining

/// A history that is told by hand.
struct Story {
  private(set) var records: [HistoryRecord] = []
  var rules: Rules
  private var members: [Member.ID: State] = [:]

  private struct State {
    var values: Hyperparameters
    var steps = 0
    var age = 0
    var intervals = 0
    var checkpoint: CheckpointID?
    var score: Double?
    var decisions = 0
    var published = 0
  }

  init(_ hyperparameters: [Hyperparameter] = [Hyperparameter("rate", .logUniform(1e-4, 1))], size: Int = 2) {
    rules = Rules(
      version: Rules.currentVersion, populationSize: size, steps: 1000, interval: 10, metric: "value", mode: .max,
      space: Space(hyperparameters))
  }

  private var next: Int { records.count + 1 }

  private mutating func decide(_ member: Member.ID, _ result: Decision.Result) {
    let state = members[member, default: State(values: [:])]
    records.append(
      .decision(
        Decision(
          sequence: next, member: member, ordinal: state.decisions, saw: 0, result: result, reason: "", rule: "",
          ownScore: state.score, threshold: nil, hyperparameters: state.values)))
    members[member, default: State(values: [:])].decisions += 1
  }

  mutating func join(_ member: Member.ID, _ values: Hyperparameters = ["rate": .number(0.1)]) {
    members[member] = State(values: values)
    decide(member, .stay)
  }

  /// - Parameter score: none: the metric is not a number.
  mutating func train(
    _ member: Member.ID, steps: Int = 10, score: Double?, evaluations: [Evaluation] = [],
    outcome: Interval.Outcome? = nil, isEvaluation: Bool = false
  ) {
    guard var state = members[member] else { return }
    state.intervals += 1
    let steps = isEvaluation ? 0 : steps
    let end = isEvaluation ? state.checkpoint : CheckpointID(member: member, number: state.intervals, token: "t")
    records.append(
      .interval(
        Interval(
          sequence: next, member: member, number: state.intervals, kind: isEvaluation ? .evaluate : .train,
          outcome: outcome ?? (score == nil ? .diverged : .completed), start: state.checkpoint, end: end,
          startSteps: state.steps, steps: steps, startAge: state.age, hyperparameters: state.values, score: score,
          selection: score, tie: 0, metrics: score.map { ["value": $0] } ?? [:], evaluations: evaluations, seed: 0,
          token: "t", worker: "w", message: nil, log: nil, startedAt: 0, finishedAt: 0)))
    (state.steps, state.age, state.checkpoint) = (state.steps + steps, state.age + steps, end)
    (state.score, state.published) = (score, records.count)
    members[member] = state
  }

  mutating func copy(_ member: Member.ID, from donor: Member.ID, _ values: Hyperparameters? = nil) {
    guard let given = members[donor], let checkpoint = given.checkpoint else { return }
    members[member]?.values = values ?? given.values
    members[member]?.age = given.age
    members[member]?.checkpoint = checkpoint
    decide(
      member,
      .inherit(
        Decision.Donor(
          member: donor, sequence: given.published, checkpoint: checkpoint, age: given.age, score: given.score ?? 0)))
  }

  mutating func leave(_ member: Member.ID) { decide(member, .retire) }

  /// The course of it, in which this member has the best model.
  func course(best: Member.ID? = nil, name: String = "story", metric: String = "value") -> Course {
    let experiment = Experiment(
      name: name, trainer: Experiment.Trainer(command: ["true"]), metric: metric, rules: rules)
    var rest = [records]
    return Course(experiment, best: best.flatMap { members[$0]?.checkpoint }) { rest.popLast() }
  }

  /// Two members join and train twice; then 1 copies 0, and both train once more.
  static func ofACopy() -> Story {
    var story = Story()
    story.join(0)
    story.join(1, ["rate": .number(0.01)])
    story.train(0, score: 1)
    story.train(1, score: 0.5)
    story.train(0, score: 2)
    story.train(1, score: 0.75)
    story.copy(1, from: 0, ["rate": .number(0.2)])
    story.train(0, score: 2.5)
    story.train(1, score: 3)
    return story
  }

  /// A large synchronous run in which the worst fifth copies the best fifth after each interval.
  static func large(members: Int, intervals: Int) -> Story {
    var story = Story(
      (0..<5).map { Hyperparameter("h\($0)", .logUniform(1e-4, 1)) }, size: members)
    var random = Numbers(members)
    func values() -> Hyperparameters {
      Dictionary(uniqueKeysWithValues: (0..<5).map { ("h\($0)", Value.number(1e-3 + 0.9 * random.unit())) })
    }
    for member in 0..<members { story.join(member, values()) }
    for interval in 1...intervals {
      let scores = (0..<members).map { _ in Double(interval) + random.unit() }
      for member in 0..<members { story.train(member, score: scores[member]) }
      let order = (0..<members).sorted { scores[$0] < scores[$1] }
      for (worst, best) in zip(order.prefix(members / 5), order.suffix(members / 5)) {
        story.copy(worst, from: best, values())
      }
    }
    return story
  }

  /// Numbers that look random, the same whenever.
  private struct Numbers {
    private var state: UInt64
    init(_ seed: Int) { state = UInt64(seed) &+ 0x9E37_79B9 }
    mutating func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
  }
}
