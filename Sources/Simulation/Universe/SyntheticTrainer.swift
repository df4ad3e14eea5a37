internal import Checkpoints
internal import PopulationBasedTraining
internal import Trainers

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A trainer whose cost and score are functions of (checkpoint, hyperparameters, steps, seed), unless it fails or lies.
///
/// `@unchecked Sendable`: it is only ever used on the thread of its scheduler.
final class SyntheticTrainer: Trainer, @unchecked Sendable {
  private let universe: Universe
  private let process: SimulatedProcess
  private let clock: VirtualClock
  private let calls: DiskCalls
  private var isToStop = false
  private var isShutDown = false

  init(_ universe: Universe, _ process: SimulatedProcess, _ clock: VirtualClock, _ calls: DiskCalls) {
    self.universe = universe
    self.process = process
    self.clock = clock
    self.calls = calls
  }

  func requestStop() async { isToStop = true }
  func shutDown() async { isShutDown = true }

  func train(_ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void) async -> TrainerOutcome {
    universe.check { watch throws(Violation) in
      try watch.history.look(at: assignment.hyperparameters, of: "what the trainer of \(assignment.id) was given")
    }
    guard var model = load(assignment) else { return failed(.failed, "it could not load its checkpoint") }
    if happens(.trainerHang, 0.02) {
      try? await clock.sleep(for: .seconds(300))
      return failed(.hung, "no progress for 300 s")
    }
    let crashes = happens(.trainerCrash, 0.04)
    var trained = 0
    let seconds = 1 + Double(model.cost(assignment.hyperparameters))
    while trained < assignment.ages.count {
      if (try? await clock.sleep(for: .seconds(seconds))) == nil { return failed(.exited, "it was ended") }
      trained += 1
      progress(assignment.ages.lowerBound + trained)
      if isShutDown { return failed(.exited, "it was ended") }
      if crashes, trained > assignment.ages.count / 2 {
        _ = save(["model": Array("half".utf8)], assignment)
        return failed(.exited, "exit code 1")
      }
      if isToStop { break }
    }
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

  private func failed(_ reason: TrainerFailure.Reason, _ message: String) -> TrainerOutcome {
    .failed(TrainerFailure(reason, message))
  }

  // MARK: Models

  private func load(_ assignment: Assignment) -> SyntheticModel? {
    guard let checkpoint = assignment.checkpoint else { return SyntheticModel(seed: assignment.seed) }
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
