package import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization

/// A clock that stands still until it is told otherwise.
package final class ManualClock: Sendable {
  private let seconds = Mutex(1000.0)

  package init() {}

  package var now: Double { seconds.withLock { $0 } }

  package func advance(by seconds: Double) { self.seconds.withLock { $0 += seconds } }
}

/// Tokens in a known order: `t1`, `t2`, …
package final class TokenSource: Sendable {
  private let last = Mutex(0)
  private let prefix: String

  package init(prefix: String = "t") { self.prefix = prefix }

  package func next() -> String {
    last.withLock { last in
      last += 1
      return "\(prefix)\(last)"
    }
  }
}

/// Something that a test holds up in its middle.
package final class HoldingPoint: Sendable {
  private struct State {
    var isToHold = false
    var held: CheckedContinuation<Void, Never>?
    var watcher: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// The next one that comes is held, until ``release()``.
  package func holdNext() { state.withLock { $0.isToHold = true } }

  /// Waits until somebody is held.
  package func isHeld() async {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if state.held == nil { state.watcher = continuation }
        return state.held != nil
      }
      if isHeld { continuation.resume() }
    }
  }

  package func release() {
    state.withLock { state in
      defer { state.held = nil }
      return state.held
    }?.resume()
  }

  func pass() async {
    await withCheckedContinuation { continuation in
      let next = state.withLock { state in
        guard state.isToHold else { return continuation as CheckedContinuation<Void, Never>? }
        (state.isToHold, state.held) = (false, continuation)
        defer { state.watcher = nil }
        return state.watcher
      }
      next?.resume()
    }
  }
}

/// Random numbers that a seed decides (SplitMix64), so that every run of a test draws the same ones.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  package mutating func integer(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

  package mutating func real(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }

  package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(0...elements.count - 1)] }

  /// True with this probability in percent.
  package mutating func chance(percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

extension Space {
  /// One hyperparameter of each kind.
  package static let ofEveryKind = Space([
    Hyperparameter("learning_rate", .logUniform(1e-4, 1.0)),
    Hyperparameter("dropout", .uniform(0, 0.8)),
    Hyperparameter("accumulation", .integer(1, 8)),
    Hyperparameter("batch_size", .ordered([.integer(16), .integer(32), .integer(64)])),
    Hyperparameter("augmentation", .choice([.text("none"), .text("flip \"x\""), .boolean(true)])),
    Hyperparameter("fold", .perMember((0..<64).map { .integer($0) })),
    Hyperparameter("width", .fixed(.integer(64))),
  ])
}

extension Rules {
  /// The rules of a small population: four members, four intervals of ten steps.
  package static func small(
    size: Int = 4, steps: Int = 40, interval: IntervalLength = 10, mode: Mode = .max, order: Order = .asynchronous,
    space: Space = .ofEveryKind, exploit: RuleChoice = .truncation(), maxFailures: Int = 2, seed: UInt64 = 7
  ) -> Rules {
    Rules(
      seed: seed, populationSize: size, steps: steps, interval: interval, mode: mode, order: order, space: space,
      exploit: exploit, maxFailures: maxFailures)
  }
}

extension Rules {
  /// Rules that learn from history, whose decisions are costly.
  package static func learning(order: Order = .asynchronous) -> Rules {
    var rules = small(steps: 200, order: order)
    guard let rule = ExploreRules.all.first(where: { $0.name == "pb2" }) else {
      preconditionFailure("there is no rule pb2")
    }
    rules.explore = RuleChoice(rule, ["window": .number(10)])
    return rules
  }
}

extension Rules {
  /// Rules whose decisions are costly, and that end a run when a member scores 50.
  package static let endingAtABarrier = {
    var rules = learning(order: .synchronous)
    rules.stop.target = 50
    return rules
  }()
}

extension RuleChoice {
  package static func truncation(_ fraction: Double = 0.25) -> RuleChoice {
    rule("truncation", ["quantile_fraction": .number(fraction)])
  }

  package static var copyNobody: RuleChoice { rule("none", [:]) }

  package static func rule(_ name: String, _ settings: [String: Setting.Value]) -> RuleChoice {
    guard let rule = ExploitRules.all.first(where: { $0.name == name }) else {
      preconditionFailure("there is no rule \(name)")
    }
    return RuleChoice(rule, settings)
  }
}
