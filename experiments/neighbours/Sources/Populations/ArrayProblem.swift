import Neighbours
import Poptrain
import PopulationBasedTraining

/// Train a network on resistive arrays. Devices belong to the slot of a member: a copied model runs on other devices
/// than its donor, so that the donor's score is too high for it. A copy is evaluated on its own devices before it
/// trains.
///
/// This can matter in asynchronous order only, where a copy competes before it has trained. In synchronous order, all
/// members have trained before any of them decides.
///
/// Two further arms are baselines. In `moving`, the devices move with the model, which is impossible in reality. In
/// `unevaluated`, a copy has no score until it has trained.
struct ArrayProblem: Problem {
  static let name = "arrays"
  static let furtherArms = ["moving", "unevaluated"]
  /// Devices with low bounds. Bounds differ between devices, so weights are cut when they move, and the move costs
  /// accuracy.
  static let settings = {
    var settings = ArraySettings()
    settings.weightBound = 0.3
    return settings
  }()
  let train, validation, heldOut: Digits.Part
  let seed: UInt64
  let isMoving: Bool
  let rules: Rules

  init(seed: UInt64, arm: String) throws {
    let digits = try Digits()
    (train, validation, heldOut) = (digits[0..<900], digits[900..<1200], digits[1200..<1797])
    (self.seed, isMoving) = (seed, arm == "moving")
    rules = sharedRules(
      seed: seed, steps: 10, interval: 1, order: .asynchronous, evaluatesCopies: arm != "unevaluated",
      [
        Hyperparameter("rate", .logUniform(0.001, 0.1)),
        Hyperparameter("input_scale", .logUniform(0.3, 3)),
        Hyperparameter("pulses", .integer(1, 40)),
        Hyperparameter("reads", .integer(1, 6)),
      ])
  }

  func fresh(_ interval: TrainingInterval) -> ArrayMember {
    var random = NamedStream(seed: interval.seed, "network")
    return ArrayMember(
      problem: self,
      state: .init(network: AnalogPerceptron(ArrayProblem.settings, random: &random), birthplace: interval.member))
  }

  /// The devices at a place: that of a member, or a place that no member has.
  func slot(_ place: Int) -> Slot {
    Slot(seed: seed, place: place, shapes: AnalogPerceptron.shapes, ArrayProblem.settings)
  }

  /// Every model is read with the same settings, the default input scale and number of reads.
  func test(_ model: ArrayMember, trainedBy member: Int) -> [String: Double] {
    var random = NamedStream(seed: seed, "test reads")
    let place = isMoving ? model.state.birthplace : member
    func accuracy(_ place: Int) -> Double {
      var network = model.state.network
      network.settle(on: slot(place))
      return network.accuracy(on: heldOut, ArrayProblem.settings, random: &random)
    }
    // The mean over four slots that no member has.
    let moved = (16..<20).map(accuracy)
    return ["accuracy": accuracy(place), "accuracy_moved": moved.reduce(0, +) / Double(moved.count)]
  }
}

/// A member of the population.
struct ArrayMember: Member {
  struct State: Codable, Sendable {
    var network: AnalogPerceptron
    /// The member that began the network. In `moving`, the network keeps the devices of that member.
    var birthplace: Int
  }

  let problem: ArrayProblem
  var state: State

  mutating func train(_ interval: TrainingInterval) {
    let (slot, settings) = (slot(interval), settings(interval))
    state.network.settle(on: slot)
    for step in interval.steps {
      var random = NamedStream(seed: interval.seed, "epoch on arrays", step)
      state.network.trainEpoch(on: problem.train, slot: slot, settings, random: &random)
    }
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    var network = state.network
    network.settle(on: slot(interval))
    var random = NamedStream(seed: interval.seed, "evaluation reads")
    return ["score": network.accuracy(on: problem.validation, settings(interval), random: &random)]
  }

  private func slot(_ interval: TrainingInterval) -> Slot {
    problem.slot(problem.isMoving ? state.birthplace : interval.member)
  }

  private func settings(_ interval: TrainingInterval) -> ArraySettings {
    var settings = ArrayProblem.settings
    settings.rate = interval["rate"]
    settings.inputScale = interval["input_scale"]
    settings.pulses = Int(interval["pulses"])
    settings.reads = Int(interval["reads"])
    return settings
  }
}
