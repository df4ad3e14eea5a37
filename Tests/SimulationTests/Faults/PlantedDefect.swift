import PoptrainCheckpoints
import PopulationBasedTraining
import PoptrainStore

@testable import PoptrainSimulation

/// A defect for each mechanism, with the invariant that is to catch it.
struct PlantedDefect: CustomStringConvertible, Sendable {
  let description: String
  let invariant: String
  let seams: Seams

  init(_ description: String, _ invariant: String, _ plant: (inout Seams) -> Void) {
    self.description = description
    self.invariant = invariant
    var seams = Seams()
    plant(&seams)
    self.seams = seams
  }

  private init(
    store description: String, _ invariant: String, _ wrap: @escaping @Sendable (TrackedStore) -> any PopulationStore
  ) {
    self.init(description, invariant) { $0.store = { store, _ in wrap(TrackedStore(base: store)) } }
  }

  private init(
    lying description: String, _ invariant: String, _ change: @escaping @Sendable (inout HistoryRecord) -> Void
  ) {
    self.init(store: description, invariant) { LyingStore(base: $0, change: change) }
  }

  static let all = [
    PlantedDefect(store: "a superseded token is accepted", "I3") { StoreWithoutFencing(base: $0) },
    PlantedDefect(store: "completing is not idempotent", "I2") { ForgetfulStore(base: $0) },
    PlantedDefect(store: "a heartbeat revives a lease", "I3") { StoreThatRevives(base: $0) },
    PlantedDefect(store: "takeover before expiry", "I3") { ImpatientStore(base: $0) },
    PlantedDefect(store: "no takeover from the dead", "liveness") { PatientStore(base: $0) },
    PlantedDefect(store: "the collector ignores leases", "I2") { GreedyCollector(base: $0, takesBest: false) },
    PlantedDefect(store: "the collector ignores the best", "I2") { GreedyCollector(base: $0, takesBest: true) },
    PlantedDefect(store: "an answer before the commit", "I4") { HastyStore(base: $0) },
    PlantedDefect(store: "a value out of its range", "I7") { StoreOutOfRange(base: $0) },
    PlantedDefect("tokens begin again at every start", "I3") {
      $0.store = { _, universe in
        let count = OneThread(0)
        return universe.opened(universe.plan.rules) {
          count.value += 1
          return "t\(count.value)"
        }
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
      $0.calls = { CallsWithoutFlush(base: $0, kind: .file) }
    },
    PlantedDefect("folders are not flushed", "I2") { $0.calls = { CallsWithoutFlush(base: $0, kind: .folder) } },
    PlantedDefect("nothing is removed", "I2") { $0.calls = { CallsWithoutRemoving(base: $0) } },
    PlantedDefect("a start removes what is present", "I2") { $0.keeps = { Set($0.sorted().dropFirst()) } },
    PlantedDefect("an interval is recorded whose checkpoint was not published", "I2") {
      $0.checkpoints = { HastyCheckpoints(base: $0) }
    },
    PlantedDefect("a trainer goes on from whatever it has in memory", "I6") {
      $0.trainer = { ForgetfulTrainer(base: $0) }
    },
    PlantedDefect("members are charged for the others of their batch", "I8") {
      $0.trainer = { BlamingTrainer(base: $0) }
    },
    PlantedDefect("a trainer is given more members than it takes", "I6") { $0.trainer = { BoastfulTrainer(base: $0) } },
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
    return state.history.isEmpty
      ? InMemoryStore(rules: rules, monotonicNow: now, wallNow: now, makeToken: makeToken)
      : InMemoryStore(rules: rules, history: state.history, monotonicNow: now, wallNow: now, makeToken: makeToken)
  }
}
