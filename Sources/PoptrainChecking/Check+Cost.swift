internal import PoptrainText
internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether the trainer ends when it is told to, and what the experiment will cost.
extension Check {
  /// Ends the trainer in the middle of an interval.
  func checkStop(_ first: Trial) async {
    let rules = experiment.rules
    let ages = first.age..<max(rules.steps, first.age + rules.nextReady(after: 0))
    let assignment = assignment(.train, from: first, ages, base)

    let (signs, sign) = AsyncStream<Void>.makeStream()
    let (beginnings, beginning) = AsyncStream<Void>.makeStream()
    let training = Task { [scratch] in
      defer { sign.finish() }
      return await scratch.run(assignment, progress: { _ in sign.yield() }, begun: { beginning.finish() })
    }
    let impatience = Task {
      // Ended before it has begun, it would begin all the same, and nobody would end it again.
      for await _ in beginnings {}
      try? await Task.sleep(for: first.duration / 2)
      sign.yield()
    }
    // It is in the middle once it reports progress; one that never does, after half the time of the first interval.
    var isUnderWay = false
    for await _ in signs {
      isUnderWay = true
      break
    }
    impatience.cancel()
    let start = ContinuousClock.now
    let isKilled = await scratch.endProcess()
    let duration = ContinuousClock.now - start
    _ = await training.value

    if !isUnderWay {
      tell(.stop, .inconclusive, "not tested: intervals are too short to be interrupted")
    } else if !isKilled {
      tell(.stop, .ok, "ended within \(spoken(duration)) of being told to, in the middle of an interval")
    } else {
      tell(
        .stop, .warning, "did not end on SIGTERM, and was killed after \(spoken(duration))",
        remedy: "let SIGTERM end the process; if a handler notes the signal, look at the note within the interval")
    }
  }

  /// Says what the experiment will cost.
  ///
  /// - Parameter interval: how long one takes.
  func estimate(_ first: Trial, _ interval: Duration) async {
    let rules = experiment.rules
    let perMember = rules.intervalsPerMember
    let rounds = (rules.populationSize * perMember + workers - 1) / workers
    let batch = min(await scratch.capacity, (rules.populationSize + workers - 1) / workers)
    // Each member's own, the best so far, and those that each worker is writing.
    let checkpoints = rules.populationSize + 1 + workers * batch
    let bytes = checkpoints * first.contents.bytes
    let folder = FileManager.default.currentDirectoryPath
    let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    let free = (disk?[.systemFreeSize] as? NSNumber)?.intValue
    let isTooMuch = free.map { $0 < bytes } ?? false
    tell(
      .estimate, isTooMuch ? .warning : .ok,
      """
      an interval takes \(spoken(interval)); \(rules.populationSize) members × \(perMember) intervals with \(workers) \
      \(workers == 1 ? "worker" : "workers") take about \(spoken(interval * rounds))\
      \(batch > 1 ? ", less with \(batch) at once as this trainer takes them" : ""), and \(spoken(bytes: bytes)) of disk
      """,
      remedy: isTooMuch
        ? "only \(spoken(bytes: free ?? 0)) are free here; save less, or keep the run on another disk" : nil
    )
  }
}

// Numbers as people read them.

/// A number with six significant digits.
func shown(_ number: Double) -> String { String(format: "%.6g", number) }

/// A value as short as it reads.
func shown(_ value: Value) -> String {
  if case .number(let number) = value { shown(number) } else { value.description }
}
