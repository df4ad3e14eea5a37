import PoptrainCheckpoints
import PopulationBasedTraining
import PoptrainStore
import Synchronization

@testable import PoptrainSimulation

/// A defect for each mechanism, with the invariant that is to catch it.
struct PlantedDefect: CustomStringConvertible, Sendable {
  let description: String
  let invariant: String
  let seams: Seams

  private init(_ description: String, _ invariant: String, _ plant: (inout Seams) -> Void) {
    self.description = description
    self.invariant = invariant
    var seams = Seams()
    plant(&seams)
    self.seams = seams
  }

  private init(
    lying description: String, _ invariant: String, _ change: @escaping @Sendable (inout HistoryRecord) -> Void
  ) {
    self.init(description, invariant) { $0.store = { store, _ in LyingStore(store, change) } }
  }

  static let all = [
    PlantedDefect("a superseded token is accepted", "I3") { $0.store = { store, _ in StoreWithoutFencing(store) } },
    PlantedDefect("completing is not idempotent", "I2") { $0.store = { store, _ in ForgetfulStore(store) } },
    PlantedDefect("a heartbeat revives a lease", "I3") { $0.store = { store, _ in StoreThatRevives(store) } },
    PlantedDefect("takeover before expiry", "I3") { $0.store = { store, _ in ImpatientStore(store) } },
    PlantedDefect("no takeover from the dead", "liveness") { $0.store = { store, _ in PatientStore(store) } },
    PlantedDefect("the collector ignores leases", "I2") {
      $0.store = { store, _ in GreedyCollector(store, takesBest: false) }
    },
    PlantedDefect("the collector ignores the best", "I2") {
      $0.store = { store, _ in GreedyCollector(store, takesBest: true) }
    },
    PlantedDefect("an answer before the commit", "I4") { $0.store = { store, _ in HastyStore(store) } },
    PlantedDefect("a value out of its range", "I7") { $0.store = { store, _ in StoreOutOfRange(store) } },
    PlantedDefect("tokens begin again at every start", "I3") {
      $0.store = { _, universe in
        let tokens = TokenCount()
        return universe.opened(universe.plan.rules) { tokens.next() }
      }
    },
    PlantedDefect("a barrier that waits for half", "I5") {
      $0.store = { store, universe in
        guard universe.plan.rules.order == .synchronous else { return store }
        var rules = universe.plan.rules
        rules.order = .synchronous(fraction: 0.5)
        return universe.opened(rules) { "\(universe.chance.bits())" }
      }
    },
    PlantedDefect("files are not flushed before the rename", "I2") {
      $0.calls = { CallsWithoutFlush($0, of: .file) }
    },
    PlantedDefect("folders are not flushed", "I2") { $0.calls = { CallsWithoutFlush($0, of: .folder) } },
    PlantedDefect("nothing is removed", "I2") { $0.calls = { CallsWithoutRemoving($0) } },
    PlantedDefect("a start removes what is present", "I2") { $0.keeps = { Set($0.sorted().dropFirst()) } },
    PlantedDefect("an interval is recorded whose checkpoint was not published", "I2") {
      $0.checkpoints = { HastyCheckpoints($0) }
    },
    PlantedDefect("a trainer goes on from whatever it has in memory", "I6") { $0.trainer = { ForgetfulTrainer($0) } },
    PlantedDefect("members are charged for the others of their batch", "I8") { $0.trainer = { BlamingTrainer($0) } },
    PlantedDefect("a trainer is given more members than it takes", "I6") { $0.trainer = { BoastfulTrainer($0) } },
    PlantedDefect(lying: "a decision on a stale population", "I5") { record in
      guard case .decision(var decision) = record, decision.ordinal > 0 else { return }
      decision.saw -= 1
      record = .decision(decision)
    },
    PlantedDefect(lying: "a random stream that nobody can open again", "I5") { record in
      guard case .decision(var decision) = record, let rate = decision.hyperparameters["rate"]?.asNumber else { return }
      decision.hyperparameters["rate"] = .number(max(1e-4, rate * 0.99))
      record = .decision(decision)
    },
    PlantedDefect(lying: "a score that is not a number is published", "I8") { record in
      guard case .interval(var interval) = record, interval.outcome == .diverged else { return }
      interval.outcome = .completed
      interval.score = .nan
      record = .interval(interval)
    },
    PlantedDefect(lying: "an interval is credited twice", "I4") { record in
      guard case .interval(var interval) = record, interval.startSteps > 0 else { return }
      interval.startSteps += interval.steps
      record = .interval(interval)
    },
    PlantedDefect(lying: "an interval under another age than that of its checkpoint", "I1") { record in
      guard case .interval(var interval) = record, interval.start != nil else { return }
      interval.startAge += 1
      record = .interval(interval)
    },
  ]
}

extension Universe {
  /// A store with its history, under rules and with tokens of its own.
  fileprivate func opened(_ rules: Rules, makeToken: @escaping @Sendable () -> String) -> any PopulationStore {
    let now: @Sendable () -> Double = { self.scheduler.now }
    return history.isEmpty
      ? InMemoryStore(rules: rules, monotonicNow: now, wallNow: now, makeToken: makeToken)
      : InMemoryStore(rules: rules, history: history, monotonicNow: now, wallNow: now, makeToken: makeToken)
  }
}

/// Tokens that are the same in every process.
private final class TokenCount: Sendable {
  private let count = Mutex(0)

  func next() -> String {
    count.withLock { count in
      count += 1
      return "t\(count)"
    }
  }
}
