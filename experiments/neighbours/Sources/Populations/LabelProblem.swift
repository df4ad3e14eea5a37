import Neighbours
import Poptrain
import PopulationBasedTraining

/// Train on labels that are wrong for 40 % of the digits. The state is more than weights: labels, masks, quarantines
/// and records.
struct LabelProblem<Noise: NoiseKind>: Problem {
  static var name: String { "labels-\(Noise.kind.rawValue)" }
  let task: LabelNoise
  let rules: Rules

  init(seed: UInt64, arm: String) throws {
    task = LabelNoise(try Digits(), kind: Noise.kind, share: 0.4, seed: seed)
    rules = sharedRules(
      seed: seed, steps: 60, interval: 2,
      [
        Hyperparameter("rate", .logUniform(0.005, 0.2)),
        Hyperparameter("loss_quantile", .oneMinus(0.6, 0.998)),
        Hyperparameter("probability_quantile", .oneMinus(0.2, 0.997)),
        Hyperparameter("quarantine", .integer(1, 8)),
        Hyperparameter("record_length", .integer(4, 8), isStructural: true),
      ])
  }

  func fresh(_ interval: TrainingInterval) -> LabelMember {
    LabelMember(
      task: task,
      state: FilteredLearner(task: task, recordLength: Int(interval["record_length"]), seed: interval.seed))
  }

  func test(_ model: LabelMember, trainedBy member: Int) -> [String: Double] {
    let quality = task.quality(of: model.state.filter)
    return [
      "accuracy": model.state.classifier.accuracy(on: task.test), "precision": quality.removalPrecision,
      "recall": quality.recall, "purity": quality.purity,
    ]
  }
}

/// A kind of noise as a type, so that each kind is a problem of its own.
protocol NoiseKind: Sendable {
  static var kind: LabelNoise.Kind { get }
}

/// Labels changed to any other class.
enum SymmetricNoise: NoiseKind { static let kind = LabelNoise.Kind.symmetric }
/// Labels changed to the next class.
enum PairNoise: NoiseKind { static let kind = LabelNoise.Kind.pair }

/// A member of the population.
struct LabelMember: Member {
  let task: LabelNoise
  var state: FilteredLearner

  mutating func train(_ interval: TrainingInterval) throws {
    // A structural hyperparameter is copied with the state, so the two agree.
    guard state.filter.recordLength == Int(interval["record_length"]) else {
      throw InvalidHyperparameters("the checkpoint has records of another length than record_length")
    }
    let settings = RelabelingFilter.Settings(
      lossQuantile: interval["loss_quantile"], probabilityQuantile: interval["probability_quantile"],
      quarantine: Int(interval["quarantine"]))
    for _ in interval.steps {
      state.trainEpoch(on: task, rate: Float(interval["rate"]), settings: settings, seed: interval.seed)
    }
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    let quality = task.quality(of: state.filter)
    return [
      "score": state.classifier.accuracy(on: task.validation), "precision": quality.removalPrecision,
      "recall": quality.recall,
    ]
  }
}
