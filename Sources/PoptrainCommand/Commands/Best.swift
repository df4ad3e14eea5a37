import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PopulationBasedTraining

struct Best: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the best model of a run, and copy it out.",
    discussion: """
      poptrain best runs/digits                    score, metrics, hyperparameters and the folder of its checkpoint
      poptrain best runs/digits --member 7         those of the model that member 7 has now
      poptrain best runs/digits --copy model       copies that folder to model

      The score is what selection compared: what the `score` window of the experiment file makes of the last evaluations.
      """)

  @OptionGroup var argument: RunOption
  @OptionGroup var chosen: ModelOption
  @Option(help: ArgumentHelp("Copy the checkpoint into a new folder.", valueName: "out")) var copy: String?
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let model = try chosen.model(in: run)
    if let copy { try run.copyCheckpoint(model.checkpoint, to: copy) }
    guard !json else { return try say(json: ModelSummary(model, in: run)) }
    let (interval, metric) = (model.interval, run.experiment.metric)
    let isCopy = chosen.member.map { $0 != interval.member } ?? false
    say("member \(interval.member)\(isCopy ? ", whose model member \(chosen.member ?? 0) has copied" : "")")
    say("\(metric): \(model.score.map { short($0) } ?? "–, it has no score")")
    if let reported = model.reported, reported != model.score {
      let made = model.score == nil ? "" : "; the score is \(run.experiment.rules.score.words)"
      say("  reported last: \(short(reported))\(made)")
    }
    if let words = model.words(for: metric) { say("  \(words)") }
    say("age: \(grouped(interval.endAge))")
    for (name, value) in interval.metrics.sorted(by: { $0.key < $1.key }) where name != metric {
      say("  \(harmless(name)): \(short(value))")
    }
    say("hyperparameters:")
    for hyperparameter in run.experiment.rules.space.hyperparameters {
      say("  \(hyperparameter.name): \(interval.hyperparameters[hyperparameter.name]?.description ?? "")")
    }
    say("checkpoint: \(copy ?? run.path(of: model.checkpoint))")
  }
}

extension RecordedModel {
  /// What has to be known of a score that a single evaluation made.
  func words(for metric: String) -> String? {
    luckyAmong.map { "one evaluation, the best of \(grouped($0)): if \(metric) is noisy, it flatters" }
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
  @Option(help: "The model that a member has now, instead of the best one.") var member: Int?

  func model(in run: RecordedRun) throws -> RecordedModel {
    let model: RecordedModel?
    if let member {
      let population = try run.population()
      guard population.members.indices.contains(member) else { throw unknownMember(member, population) }
      model = try run.model(of: population.members[member])
    } else {
      model = try run.bestModel()
    }
    guard let model else {
      let place = run.directory.shown
      let reason =
        if let member {
          "there is no model of member \(member) yet: nothing that it trained in \(place) is still there"
        } else {
          "there is no best model yet: no model in \(place) has a score. `--member ID` takes that of a member"
        }
      complain("error: \(reason)")
      throw ExitStatus.badData
    }
    return model
  }
}

func unknownMember(_ member: Int, _ population: Population) -> ValidationError {
  ValidationError("there is no member \(member); members are numbered from 0 to \(population.members.count - 1)")
}
