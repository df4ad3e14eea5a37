internal import PopulationBasedTraining
internal import PoptrainWorker

extension Universe {
  /// Lets something go wrong every now and then, until the storm is over.
  func storm() {
    scheduler.after(chance.number(plan.isShared ? 2...20 : 5...60)) { [self] in
      guard scheduler.now < plan.stormSeconds else { return disk.isFull = false }
      let possible = plan.faults.intersection(Universe.strikes)
      if !possible.isEmpty {
        strike(chance.one(of: Fault.allCases.filter(possible.contains)))
        check { watch throws(Violation) in try watch.lookAtFiles(on: self.disk) }
      }
      storm()
    }
  }

  /// The faults that happen at any time; the others happen where something is called.
  private static let strikes: Set<Fault> = [
    .workerKilled, .workerPaused, .engineKilled, .powerCut, .tornCheckpoint, .missingCheckpoint, .fullDisk, .clockJump,
    .preemption, .cutOff, .allStopped, .newerVersion,
  ]

  private func strike(_ fault: Fault) {
    let living = state.workers.filter { !$0.process.isDead && !$0.isFinished }
    switch fault {
    case .workerKilled, .workerPaused, .preemption, .clockJump, .cutOff:
      guard !living.isEmpty else { return }
      let worker = chance.one(of: living)
      count(fault, worker.process.name)
      switch fault {
      case .workerKilled: kill(worker.process)
      case .workerPaused: worker.process.pause(chance.number(61...300))
      case .cutOff: worker.process.cutOff(chance.number(10...1200))
      case .clockJump: worker.process.wallOffset += chance.number(-4000...4000)
      default:
        let how = chance.one(of: [WorkerLoop.Stop.afterInterval, .afterSaving, .now])
        worker.process.start { await worker.stop(how) }
      }
    case .engineKilled, .powerCut:
      guard !state.server.process.isDead else { return }
      count(fault, state.server.process.name)
      if fault == .powerCut { cutPower() } else { killEngine() }
    case .fullDisk:
      guard !disk.isFull else { return }
      count(fault, "disk")
      disk.isFull = true
      scheduler.after(chance.number(10...200)) { [self] in disk.isFull = false }
    case .tornCheckpoint, .missingCheckpoint:
      damage(fault)
    case .allStopped:
      count(fault, "log")
      stopAll()
    case .newerVersion:
      // Nothing comes after it.
      if chance.happens(0.1) { writeAsNewerVersion() }
    default: break
    }
  }

  /// Damages a checkpoint behind everybody's back.
  private func damage(_ fault: Fault) {
    let present = watch.history.present.subtracting(watch.files.damaged).sorted()
    guard !present.isEmpty else { return }
    let checkpoint = chance.one(of: present)
    guard let folder = disk.checkpoints?.entries[checkpoint.description] else { return }
    count(fault, checkpoint.description)
    watch.files.damaged.insert(checkpoint)
    if fault == .missingCheckpoint {
      disk.checkpoints.map { disk.change([($0, checkpoint.description, nil)]) }
    } else if let file = folder.find("model") {
      file.bytes.removeLast(min(file.bytes.count, 3))
      file.flushedBytes = file.bytes
    }
  }
}
