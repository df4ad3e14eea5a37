import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PopulationBasedTraining

struct Best: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best",
    abstract: "Show the best model of a run, and copy it out.",
    discussion: """
      poptrain best runs/digits                 score, metrics, values, checkpoint
      poptrain best runs/digits --member 7      the best in the lineage of member 7
      poptrain best runs/digits --copy model    copies its checkpoint to model

      The score is what selection compared: what the `score` window of the experiment file makes of the last evaluations.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "The best model of a member's lineage, instead of the run's.") var member: Int?
  @Option(help: ArgumentHelp("Copy the checkpoint into a new folder.", valueName: "out")) var copy: String?
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let (model, best) = try model(in: run)
    if let copy { try run.copyCheckpoint(model.checkpoint, to: copy) }
    guard !json else {
      return try say(json: ModelSummary(model, in: run, checkpoint: try run.localPath(of: model.checkpoint)))
    }
    let (interval, metric) = (model.interval, run.experiment.metric)
    let copier = member.flatMap { $0 == interval.member ? nil : $0 }
    say("member \(interval.member)\(copier.map { ", from which the model of member \($0) descends" } ?? "")")
    say("\(metric): \(model.score.map { short($0) } ?? "–, it has no score")")
    if let reported = model.reported, reported != model.score {
      let made = model.score == nil ? "" : "; the score is \(run.experiment.rules.score.words)"
      say("  reported last: \(short(reported))\(made)")
    }
    if let words = model.words(in: run.experiment) { say("  \(words)") }
    say("age: \(grouped(interval.endAge))")
    for (name, value) in interval.metrics.sorted(by: { $0.key < $1.key }) where name != metric {
      say("  \(harmless(name)): \(short(value))")
    }
    say("hyperparameters:")
    for hyperparameter in run.experiment.rules.space.hyperparameters {
      say("  \(hyperparameter.name): \(interval.hyperparameters[hyperparameter.name]?.description ?? "")")
    }
    say("checkpoint: \(try copy ?? run.shownPath(of: model.checkpoint))")
    guard best.selection != interval.selection, let selection = best.selection else { return }
    say(
      """
      a better one of its lineage is not kept any more: member \(best.member) at age \(grouped(best.endAge)), with \
      \(metric) \(short(run.metric(selection))); with `keep: all` in the experiment file, later ones are
      """)
  }

  /// The model that is shown, and the best interval, whose model may not be kept any more.
  private func model(in run: RecordedRun) throws -> (RecordedModel, best: Interval) {
    guard let member else {
      guard let model = try run.bestModel() else { throw missingModel(of: nil, in: run) }
      return (model, model.interval)
    }
    guard let (model, best) = try run.bestModel(of: run.member(member)) else {
      throw missingModel(of: member, in: run)
    }
    return (model, best)
  }
}

extension RecordedModel {
  /// What has to be known of the best score where a single evaluation made it, or fewer than its window takes.
  func words(in experiment: Experiment) -> String? {
    guard let bestOf, bestOf > 1 else { return nil }
    let (window, caveat) = (experiment.rules.score.fullLength, "optimistic if \(experiment.metric) is noisy")
    guard window > 1 else {
      return evaluations == 1 ? "best of \(grouped(bestOf)) single evaluations; \(caveat)" : nil
    }
    guard evaluations < window else { return nil }
    let made = "made of \(counted(evaluations, "evaluation")) instead of \(window)"
    return "best of \(grouped(bestOf)) scores, \(made); \(caveat)"
  }
}

extension ScoreWindow {
  /// What it makes of evaluations, in words.
  fileprivate var words: String {
    switch self {
    case .last: "what was reported last"
    case .mean(let length): "the mean of the last \(counted(length, "evaluation"))"
    case .median(let length): "the median of the last \(counted(length, "evaluation"))"
    case .best(let length): "the best of the last \(counted(length, "evaluation"))"
    case .exponentialMean(let span): "an exponential mean of the evaluations, with a span of \(span)"
    }
  }
}

/// Whose model of a run a command is about.
struct ModelOption: ParsableArguments {
  @Option(help: "The current model of a member, instead of the best one.") var member: Int?

  func model(in run: RecordedRun) throws -> RecordedModel {
    let model = try member.map { try run.model(of: run.member($0)) } ?? run.bestModel()
    guard let model else { throw missingModel(of: member, in: run) }
    return model
  }
}

/// Says that there is no best model, or none of a member.
private func missingModel(of member: Member.ID?, in run: RecordedRun) -> ExitStatus {
  let place = run.directory.shown
  let reason =
    if let member {
      "member \(member) has no model yet: no checkpoint of it exists in \(place)"
    } else {
      "there is no best model yet: no model in \(place) has a score. `--member ID` takes that of a member"
    }
  complain("error: \(reason)")
  return .badData
}

extension RecordedRun {
  /// The member of this id.
  fileprivate func member(_ id: Member.ID) throws -> Member {
    let population = try population()
    guard population.members.indices.contains(id) else { throw unknownMember(id, population) }
    return population.members[id]
  }
}

func unknownMember(_ member: Int, _ population: Population) -> ValidationError {
  ValidationError("there is no member \(member); members are numbered from 0 to \(population.members.count - 1)")
}
