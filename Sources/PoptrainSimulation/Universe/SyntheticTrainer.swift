internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainTrainers
internal import Synchronization

internal import Glibc

/// A trainer whose cost and score are functions of (checkpoint, hyperparameters, steps, seed), unless it fails or lies.
///
/// It takes several members at once, and has the models of its last batch in memory.
final class SyntheticTrainer: Trainer {
  private let universe: Universe
  private let process: SimulatedProcess
  private let clock: VirtualClock
  private let calls: DiskCalls
  private let members: Int
  private let state = Mutex(State())

  private struct State {
    var memory: [CheckpointID: SyntheticModel] = [:]
    var isToStop = false
    var isShutDown = false
  }

  init(_ universe: Universe, _ process: SimulatedProcess, _ clock: VirtualClock, _ calls: DiskCalls) {
    self.universe = universe
    self.process = process
    self.clock = clock
    self.calls = calls
    members = universe.chance.one(of: [1, 1, 2, 4])
  }

  func requestStop() async { state.withLock { $0.isToStop = true } }
  func shutDown() async { state.withLock { $0.isShutDown = true } }

  func capacity() async -> Capacity { Capacity(members: members, held: Set(state.withLock { $0.memory.keys })) }

  func train(
    _ batch: [Assignment], progress: @escaping @Sendable (_ position: Int, _ age: Int) -> Void
  ) async -> [TrainerOutcome] {
    universe.check { watch throws(Violation) in
      try watch.batches.begin(batch, capacity: self.members)
      for assignment in batch {
        try watch.history.look(at: assignment.hyperparameters, of: "what the trainer of \(assignment.id) was given")
      }
    }
    // All of them before any trains.
    var models = batch.map(start)
    state.withLock { $0.memory = [:] }
    var outcomes = models.map { $0 == nil ? failed(.failed, "it could not load its checkpoint") : nil }
    if happens(.trainerHang, 0.02) {
      try? await clock.sleep(for: .seconds(300))
      return outcomes.map { $0 ?? failed(.hung, "no progress for 300 s", isOfProcess: true) }
    }
    let answers = happens(.trainerCrash, 0.04) ? universe.chance.integer(0...batch.count - 1) : batch.count
    let trained = await train(batch, models, progress)
    guard let trained else { return outcomes.map { $0 ?? failed(.exited, "it was ended", isOfProcess: true) } }
    for position in 0..<answers {
      guard outcomes[position] == nil, var model = models[position] else { continue }
      outcomes[position] = finish(batch[position], &model, trained)
      models[position] = model
    }
    guard answers == batch.count else {
      _ = save(["model": Array("half".utf8)], batch[answers])
      return outcomes.map { $0 ?? failed(.exited, "exit code 1", isOfProcess: true) }
    }
    for (position, assignment) in batch.enumerated() where assignment.kind == .train {
      if case .trained? = outcomes[position] {
        state.withLock { $0.memory[CheckpointID(assignment.id)] = models[position] }
      }
    }
    return outcomes.compactMap(\.self)
  }

  /// Takes the steps of all, as slow as the slowest, and says how many they were; none: it was ended.
  private func train(
    _ batch: [Assignment], _ models: [SyntheticModel?], _ progress: @Sendable (Int, Int) -> Void
  ) async -> Int? {
    let costs = zip(batch, models).map { assignment, model in model?.cost(assignment.hyperparameters) ?? 0 }
    let seconds = 1 + Double(costs.max() ?? 0)
    var trained = 0
    while trained < batch[0].ages.count {
      guard (try? await clock.sleep(for: .seconds(seconds))) != nil, !state.withLock(\.isShutDown) else { return nil }
      trained += 1
      for (position, assignment) in batch.enumerated() { progress(position, assignment.ages.lowerBound + trained) }
      if state.withLock(\.isToStop) { break }
    }
    return trained
  }

  /// Trains a model, saves it and reports.
  private func finish(_ assignment: Assignment, _ model: inout SyntheticModel, _ steps: Int) -> TrainerOutcome {
    var trained = steps
    let lie = happens(.trainerLie, 0.05) ? universe.chance.one(of: Lie.allCases) : nil
    if lie == .tooManySteps { trained += 3 }
    if lie == .tooFewSteps { trained = max(1, trained / 2) }
    if assignment.kind == .evaluate { trained = 0 }
    model.train(assignment, steps: trained)
    if lie != .nothingSaved, assignment.kind == .train {
      let files = lie == .reservedName ? [".manifest.json": model.bytes] : model.files
      guard save(files, assignment) else { return failed(.failed, "it could not save") }
      universe.saved(files, as: CheckpointID(assignment.id))
    }
    let score = happens(.trainerNaN, 0.03) ? universe.chance.one(of: [Double.nan, .infinity]) : model.score
    return .trained(
      TrainedInterval(
        steps: trained, metrics: [lie == .noMetric ? "other" : "score": score],
        unread: lie == .unread ? ["rate"] : []))
  }

  private enum Lie: CaseIterable { case tooManySteps, tooFewSteps, nothingSaved, reservedName, noMetric, unread }

  private func happens(_ fault: Fault, _ probability: Double) -> Bool {
    universe.happens(fault, probability, process.name)
  }

  private func failed(
    _ reason: FailureReason, _ message: String, isOfProcess: Bool = false
  ) -> TrainerOutcome {
    var failure = TrainerFailure(reason, message)
    failure.isOfProcess = isOfProcess
    return .failed(failure)
  }

  // MARK: Models

  /// What an interval starts from: in memory, on the disk, or fresh.
  private func start(_ assignment: Assignment) -> SyntheticModel? {
    guard let checkpoint = assignment.checkpoint else { return SyntheticModel(seed: assignment.seed) }
    let loaded = load(checkpoint, assignment)
    guard let loaded, let parent = assignment.parent, let held = state.withLock({ $0.memory[CheckpointID(parent)] })
    else { return loaded }
    universe.check { watch throws(Violation) in
      guard loaded.bytes == held.bytes || watch.files.damaged.contains(CheckpointID(parent)) else {
        throw Violation(invariant: "I6", message: "\(assignment.id) would start from another model than \(parent)")
      }
    }
    return held
  }

  private func load(_ checkpoint: String, _ assignment: Assignment) -> SyntheticModel? {
    let descriptor = calls.open(at: AT_FDCWD, checkpoint + "/model", O_RDONLY, mode: 0)
    guard descriptor >= 0 else { return nil }
    defer { calls.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = bytes.withUnsafeMutableBytes { calls.read(descriptor, $0) }
    guard count >= 0, let model = SyntheticModel(Array(bytes.prefix(count))) else { return nil }
    universe.check { _ throws(Violation) in
      guard model.age == assignment.ages.lowerBound else {
        throw Violation(
          invariant: "I1", message: "\(assignment.id) is to start at \(assignment.ages.lowerBound) from \(model.age)")
      }
    }
    return model
  }

  private func save(_ files: [String: [UInt8]], _ assignment: Assignment) -> Bool {
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      if path.hasPrefix("part/"), calls.makeFolder(assignment.saveTo + "/part") != 0 { return false }
      let descriptor = calls.open(
        at: AT_FDCWD, assignment.saveTo + "/" + path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
      guard descriptor >= 0 else { return false }
      defer { calls.close(descriptor) }
      guard bytes.withUnsafeBytes({ calls.write(descriptor, $0) }) == bytes.count else { return false }
    }
    return true
  }
}
