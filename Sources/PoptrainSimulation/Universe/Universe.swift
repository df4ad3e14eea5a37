internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainSharedLog
internal import PoptrainStore
internal import PoptrainWorker

/// A machine, its processes, its disk and its network in virtual time, with everything that a seed decides.
final class Universe: Sendable {
  let plan: Plan
  let seams: Seams
  let chance: Chance
  let scheduler: Scheduler
  let disk = SimulatedDisk()
  let watch: OneThread<Watch>
  let state: OneThread<State>

  struct State {
    /// What the store has committed.
    var history: [HistoryRecord] = []
    var messages = 0
    var workers: [WorkerSlot] = []
    var server: StoreServer
    /// Where processes share a log: the log, and the process in which its calls happen.
    var log: any EntryLog
    var place: SimulatedProcess
    var counts: [Fault: Int] = [:]
    var violation: Violation?
    var events = 0
    var starts = 0
    var trace: ((String) -> Void)?
  }

  /// A worker that is started again when it has ended.
  struct WorkerSlot {
    var process: SimulatedProcess
    var stop: @Sendable (WorkerLoop.Stop) async -> Void
    var isFinished = false
  }

  /// - Parameters:
  ///   - schedule: decides when what happens; the plan is the same for all.
  ///   - trace: is told everything that happens.
  init(_ plan: Plan, schedule: UInt64, seams: Seams = Seams(), trace: ((String) -> Void)? = nil) {
    self.plan = plan
    self.seams = seams
    chance = Chance(seed: schedule, purpose: "simulation")
    scheduler = Scheduler(chance)
    watch = OneThread(Watch(rules: plan.rules))
    let process = SimulatedProcess("engine-0", on: scheduler)
    state = OneThread(
      State(
        server: StoreServer(InMemoryStore(rules: plan.rules), in: process), log: seams.log(SimulatedLog()),
        place: SimulatedProcess("log", on: scheduler), trace: trace))
    let run = Node(.folder)
    disk.change([(disk.root, "run", run)])
    disk.flush(disk.root)
  }

  // MARK: Running

  /// Runs to the end of the experiment; throws the first violation.
  func run() throws(Violation) {
    if plan.isShared { startWorkers() } else { start() }
    storm()
    let isOver = scheduler.run { [self] in
      state.violation != nil || (isAtItsEnd && state.workers.allSatisfy { $0.process.isDead || $0.isFinished })
        || scheduler.now > plan.stormSeconds + (plan.isShared ? 20_000 : 100_000)
    }
    if state.violation == nil, !isOver || !isAtItsEnd {
      state.violation = Violation(
        invariant: "liveness",
        message:
          "after \(Int(scheduler.now)) s, the last \(Int(scheduler.now - plan.stormSeconds)) without faults, the "
          + "run is not at its end")
    }
    end()
    if let violation = state.violation { throw violation }
  }

  /// Whether nothing more can be trained.
  var isAtItsEnd: Bool { watch.isFinished || watch.log.isNewer }

  /// Ends all processes, and starts once more to see that nothing is left behind.
  private func end() {
    killAll()
    _ = scheduler.run { false }
    // They hold the universe.
    state.workers = []
    check { watch throws(Violation) in try watch.history.end() }
    guard state.violation == nil else { return }
    disk.isFull = false
    let calls = seams.calls(DiskCalls(disk) { _, _ in true })
    do {
      let folder = try CheckpointFolder(path: "run/checkpoints", isDurable: true, calls: calls)
      let missing = try folder.sweep(keeping: seams.keeps(watch.history.present))
      check { watch throws(Violation) in
        if let lost = missing.subtracting(watch.files.damaged).min() {
          throw Violation(invariant: "I2", message: "\(lost) is present in history and missing on the disk")
        }
        let names = Set(self.disk.checkpoints?.entries.keys.map { $0 } ?? []).subtracting([".incoming"])
        if let stray = names.subtracting(watch.history.present.map(\.description)).min() {
          throw Violation(invariant: "I2", message: "\(stray) was left behind")
        }
      }
    } catch {
      state.violation = Violation(invariant: "liveness", message: "the folder of checkpoints cannot be swept: \(error)")
    }
  }

  /// Checks something, unless it is broken already.
  func check(_ body: (inout Watch) throws(Violation) -> Void) {
    guard state.violation == nil else { return }
    state.events += 1
    do { try body(&watch.value) } catch {
      state.violation = error
      note("checker", "\(error)")
    }
  }

  func note(_ who: String, _ what: @autoclosure () -> String) {
    guard let trace = state.trace else { return }
    let time = "\(Int(scheduler.now * 1000))"
    let padded = String(repeating: " ", count: max(0, 10 - time.count)) + time
    trace("\(padded) ms  \(who): \(what())")
  }

  // MARK: Faults

  /// Whether a fault happens now; counted where it does.
  func happens(_ fault: Fault, _ probability: Double, _ who: String) -> Bool {
    guard plan.faults.contains(fault), scheduler.now < plan.stormSeconds, chance.happens(probability) else {
      return false
    }
    count(fault, who)
    return true
  }

  func count(_ fault: Fault, _ who: String) {
    state.counts[fault, default: 0] += 1
    note(who, "FAULT \(fault.rawValue)")
  }

  /// How many seconds a message takes.
  func delay() -> Double {
    let isSlow = plan.faults.contains(.messageReordered) && scheduler.now < plan.stormSeconds && chance.happens(0.1)
    return isSlow ? chance.number(0.1...30) : chance.number(0.001...0.01)
  }

  /// Called before each call on files of a process; false where it is dead.
  func mayCall(_ process: SimulatedProcess, _ call: String, _ path: String) -> Bool {
    guard !process.isDead else { return false }
    if process !== state.server.process, happens(.killedInFileCall, 0.001, process.name) {
      note(process.name, "killed at \(call) \(shown(path))")
      kill(process)
    } else if happens(.powerCut, 0.0002, process.name) {
      note(process.name, "power is cut at \(call) \(shown(path))")
      cutPower()
    } else if call == "fsync", happens(.slowDisk, 0.01, process.name) {
      process.pause(chance.number(1...100))
    }
    return !process.isDead
  }

  /// A path without the random name of a probe for room, so that every replay reads the same.
  private func shown(_ path: String) -> Substring { path.split(separator: "/.room-").first ?? "" }

  /// What a trainer has saved.
  func saved(_ files: [String: [UInt8]], as checkpoint: CheckpointID) {
    watch.files.saved[checkpoint] = files
  }

  // MARK: Processes

  func kill(_ process: SimulatedProcess) {
    process.kill()
    guard let index = state.workers.firstIndex(where: { $0.process === process }) else { return }
    startWorker(index, after: chance.number(1...30), inPlaceOf: process)
  }

  func killAll() {
    state.server.process.kill()
    for slot in state.workers { slot.process.kill() }
  }

  func killEngine() {
    killAll()
    scheduler.after(chance.number(1...30)) { [self] in start() }
  }

  func cutPower() {
    killAll()
    disk.cutPower(chance)
    scheduler.after(chance.number(1...60)) { [self] in start() }
  }

  /// Starts an engine: with the history that was committed, and with the files that are there.
  private func start() {
    guard state.server.process.isDead || state.starts == 0, state.violation == nil else { return }
    state.starts += 1
    let process = SimulatedProcess("engine-\(state.starts)", on: scheduler)
    let watched = WatchedStore(seams.store(openStore(), self), in: process, of: self)
    state.server = StoreServer(watched, in: process)
    watch.leases.dropAll()
    note(process.name, "started after record \(state.history.count)")
    process.start { [self] in
      await watched.look()
      guard !process.isDead else { return }
      let calls = DiskCalls(disk) { [self] in mayCall(process, $0, $1) }
      do {
        let folder = try CheckpointFolder(path: "run/checkpoints", isDurable: true, calls: seams.calls(calls))
        _ = try folder.sweep(keeping: seams.keeps(watch.history.present))
        if let best = await watched.population().best { try folder.pointBest(to: best.published.checkpoint) }
        await watched.look()
        guard !process.isDead else { return }
        startWorkers()
      } catch {
        guard !process.isDead else { return }
        note(process.name, "could not start: \(error)")
        killEngine()
      }
    }
  }

  private func startWorkers() {
    state.workers = []
    for index in 0..<plan.workers { state.workers.append(makeWorker(index)) }
  }

  private func openStore() -> InMemoryStore {
    let now: @Sendable () -> Double = { [self] in scheduler.now }
    let token: @Sendable () -> String = { [self] in String(chance.bits(), radix: 16) }
    return InMemoryStore(rules: plan.rules, history: state.history, monotonicNow: now, wallNow: now, makeToken: token)
  }

  /// Whether a process is the worker of this number, and not one whose place was taken.
  func isWorker(_ process: SimulatedProcess, _ index: Int) -> Bool {
    state.workers.indices.contains(index) && state.workers[index].process === process
  }

  func startWorker(_ index: Int, after seconds: Double, inPlaceOf process: SimulatedProcess) {
    scheduler.after(seconds) { [self] in
      guard !state.server.process.isDead, isWorker(process, index) else { return }
      state.workers[index] = makeWorker(index)
    }
  }
}
