import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// The choice of hyperparameters from past intervals.
@Suite struct GainBanditTests {
  static let numbers = [
    Hyperparameter("rate", .logUniform(1e-5, 1)), Hyperparameter("batch", .integer(1, 16)),
    Hyperparameter("idle", .uniform(0, 1)),
  ]
  static let mixed: [Hyperparameter] =
    numbers.dropLast() + [Hyperparameter("loss", .choice([.text("bad"), .text("good"), .text("ugly")]))]

  /// Intervals under drawn values, with a gain that has its top at a place of the unit box.
  private func trained(
    _ hyperparameters: [Hyperparameter], count: Int, seed: UInt64 = 1, top: Double = 0.7
  ) -> [GainBandit.Trained] {
    var dice = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      let values = Hyperparameters(
        uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.domain.value(atUnit: dice.real(0...1)) ?? .text("")) })
      return GainBandit.Trained(
        start: .init(time: Double(number / 4), score: dice.real(0...1)),
        gain: gain(values, hyperparameters, top: top), hyperparameters: values)
    }
  }

  private func gain(_ values: Hyperparameters, _ hyperparameters: [Hyperparameter], top: Double) -> Double {
    hyperparameters.reduce(1) { gain, hyperparameter in
      guard let value = values[hyperparameter.name], let place = hyperparameter.domain.unit(of: value) else {
        return .nan
      }
      switch hyperparameter.name {
      case "idle": return gain
      case "loss": return gain - (value == .text("good") ? 0 : 0.5)
      default: return gain - 4 * (place - top) * (place - top)
      }
    }
  }

  private func choose(
    _ hyperparameters: [Hyperparameter], after trained: [GainBandit.Trained], score: Double = 0.5,
    pending: [Hyperparameters] = [], seed: UInt64 = 1, allows: @escaping (Hyperparameters) -> Bool = { _ in true }
  ) -> Hyperparameters? {
    var random = RandomStream(seed: seed, member: 0, ordinal: 1, purpose: "test")
    return GainBandit(hyperparameters: hyperparameters, allows: allows).choose(
      after: trained, for: .init(time: 4, score: score), pending: pending, random: &random)
  }

  @Test("From 0, 1 and 2 intervals nothing is learnt, from 3 something")
  func fewIntervals() {
    for count in 0...4 {
      #expect((choose(Self.numbers, after: trained(Self.numbers, count: count)) != nil) == (count >= 3))
    }
  }

  @Test("Chosen values are in their ranges and on their grids, whatever the space", arguments: 0..<15)
  func valuesAreInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let hyperparameters = (0..<4).map { Hyperparameter("h\($0)", .random(&dice)) }.filter(\.domain.isSearched)
    let chosen = choose(hyperparameters, after: trained(hyperparameters, count: 8, seed: UInt64(seed))) ?? [:]
    #expect(chosen.count == hyperparameters.count)
    #expect(hyperparameters.allSatisfy { $0.domain.contains(chosen[$0.name] ?? .text("lost")) })
  }

  @Test("A choice is a function of its inputs and the stream")
  func purity() {
    let trained = trained(Self.mixed, count: 10)
    #expect(choose(Self.mixed, after: trained) == choose(Self.mixed, after: trained))
    #expect(choose(Self.mixed, after: trained) != choose(Self.mixed, after: trained, seed: 2))
    #expect(choose(Self.mixed, after: trained) != choose(Self.mixed, after: Array(trained.dropLast())))
  }

  @Test("The top of a hill is found from two dozen intervals")
  func hill() {
    let chosen = choose(Self.numbers, after: trained(Self.numbers, count: 24)) ?? [:]
    #expect(gain(chosen, Self.numbers, top: 0.7) > 0.9)
  }

  @Test("The best of three choices is found from two dozen intervals")
  func bestChoice() {
    let chosen = choose(Self.mixed, after: trained(Self.mixed, count: 24)) ?? [:]
    #expect(chosen["loss"] == .text("good"))
    #expect(gain(chosen, Self.mixed, top: 0.7) > 0.8)
  }

  @Test("What the hill was long ago counts less than what it is now")
  func forgetting() {
    let domain = [Hyperparameter("rate", .uniform(0, 1))]
    let intervals = (0..<30).map { number -> GainBandit.Trained in
      let place = Double(number % 10) / 9
      let top = number < 20 ? 0.1 : 0.9
      return GainBandit.Trained(
        start: .init(time: Double(number / 10) * 8, score: 0), gain: -(place - top) * (place - top),
        hyperparameters: ["rate": .number(place)])
    }
    var random = RandomStream(seed: 1, member: 0, ordinal: 1, purpose: "test")
    let chosen = GainBandit(hyperparameters: domain) { _ in true }.choose(
      after: intervals, for: .init(time: 17, score: 0), pending: [], random: &random)
    #expect(chosen?["rate"]?.asNumber ?? 0 > 0.75)
  }

  @Test("What others try already is avoided")
  func pending() {
    let domain = [Hyperparameter("rate", .uniform(0, 1))]
    let intervals = trained(domain, count: 4)
    let alone = choose(domain, after: intervals) ?? [:]
    let again = choose(domain, after: intervals, pending: [alone, alone, alone]) ?? [:]
    #expect(abs((again["rate"]?.asNumber ?? .nan) - (alone["rate"]?.asNumber ?? .nan)) > 0.02)
  }

  @Test("Equal gains, repeated intervals and scores of any size do no harm", arguments: [0, 1e-300, 1, -1e9, 1.7e308])
  func unusualScores(_ score: Double) {
    for count in [3, 12] {
      let intervals = trained(Self.mixed, count: count)
      let same = intervals.map { interval in
        GainBandit.Trained(
          start: .init(time: 1, score: score), gain: score, hyperparameters: interval.hyperparameters)
      }
      let repeated = [GainBandit.Trained](repeating: intervals[0], count: count)
      let huge = intervals.map { interval in
        GainBandit.Trained(
          start: .init(time: 1e15, score: interval.start.score * score), gain: interval.gain * score,
          hyperparameters: interval.hyperparameters)
      }
      for trained in [same, repeated, huge] {
        let chosen = choose(Self.mixed, after: trained, score: -score, pending: [intervals[0].hyperparameters])
        #expect(Self.mixed.allSatisfy { $0.domain.contains(chosen?[$0.name] ?? .text("lost")) })
      }
    }
  }

  @Test("The unit of the score does not matter")
  func units() {
    let intervals = trained(Self.numbers, count: 10)
    let scaled = intervals.map { interval in
      GainBandit.Trained(
        start: .init(time: interval.start.time, score: interval.start.score * 0x1p-40), gain: interval.gain * 0x1p-60,
        hyperparameters: interval.hyperparameters)
    }
    #expect(choose(Self.numbers, after: intervals, score: 0.5) == choose(Self.numbers, after: scaled, score: 0x1p-41))
  }

  @Test("Intervals whose values are not in the space are left out")
  func strangers() {
    let intervals = trained(Self.mixed, count: 6)
    let strange = ["gone", "ugly "].map { loss in
      GainBandit.Trained(
        start: .init(time: 0, score: 0.5), gain: 3,
        hyperparameters: intervals[0].hyperparameters.merging(["loss": .text(loss)]) { $1 })
    }
    let incomplete = GainBandit.Trained(start: .init(time: 0, score: 0.5), gain: 9, hyperparameters: [:])
    #expect(choose(Self.mixed, after: strange + intervals + [incomplete]) == choose(Self.mixed, after: intervals))
  }

  @Test("Constraints are respected, though the hill is where they are broken")
  func constraints() {
    let chosen = choose(Self.numbers, after: trained(Self.numbers, count: 12)) { $0["batch"]?.asNumber ?? 9 < 6 }
    #expect(chosen?["batch"]?.asNumber ?? 9 == 5)
  }

  /// Four members train eight intervals under a hill that moves, and see their gains through noise.
  @Test("On a hill that moves chosen values gain far more than drawn ones", arguments: [numbers, mixed])
  func movingHill(_ hyperparameters: [Hyperparameter]) {
    var dice = SeededGenerator(seed: 4)
    var trained: [GainBandit.Trained] = []
    var last = 0.0
    for time in 0..<8 {
      let top = 0.5 + 0.04 * Double(time)
      var pending: [Hyperparameters] = []
      for member in 0..<4 {
        var random = RandomStream(seed: 3, member: member, ordinal: time, purpose: "test")
        let chosen = GainBandit(hyperparameters: hyperparameters) { _ in true }.choose(
          after: trained, for: .init(time: Double(time), score: Double(time)), pending: pending, random: &random)
        pending.append(
          chosen
            ?? Hyperparameters(
              uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.domain.sample(member: 0, random: &random)) }))
      }
      for values in pending {
        let gain = gain(values, hyperparameters, top: top)
        if time >= 4 { last += gain / 16 }
        trained.append(
          GainBandit.Trained(
            start: .init(time: Double(time), score: Double(time)), gain: gain + dice.real(-0.1...0.1),
            hyperparameters: values))
      }
    }
    let drawn = self.trained(hyperparameters, count: 1000, top: 0.72).reduce(0) { $0 + $1.gain / 1000 }
    #expect(last > drawn + 0.4, "\(last) against \(drawn)")
  }
}
