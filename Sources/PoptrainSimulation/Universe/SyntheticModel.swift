internal import PopulationBasedTraining
internal import PoptrainTrainers

/// The model of a synthetic trainer: its age, how good it is, and a hash of all that it has been through.
struct SyntheticModel {
  private(set) var age = 0
  /// In thousandths, so that it is the same after being saved.
  private var skill = 0
  private var past: UInt64

  init(seed: UInt64) {
    past = seed
    skill = Int(seed % 1000)
  }

  init?(_ bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 3, let age = Int(words[0]), let skill = Int(words[1]), let past = UInt64(words[2]) else {
      return nil
    }
    self.age = age
    self.skill = skill
    self.past = past
  }

  var bytes: [UInt8] { Array("\(age) \(skill) \(past)".utf8) }

  var files: [String: [UInt8]] { ["model": bytes, "part/state": Array("state of \(past)".utf8)] }

  /// Higher is better.
  var score: Double { Double(skill) / 1000 + Double(past % 10) / 100 }

  /// Seconds of a step, above the first.
  func cost(_ hyperparameters: Hyperparameters) -> Int { Int(hyperparameters["layers"]?.asNumber ?? 1) }

  mutating func train(_ assignment: Assignment, steps: Int) {
    let rate = assignment.hyperparameters["rate"]?.asNumber ?? 0
    age += steps
    skill += Int(Double(steps) * 100 * (1 - abs(rate - 0.1)))
    let text = assignment.hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined()
    for byte in "\(text) \(steps) \(assignment.seed)".utf8 { past = (past ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  }
}
