internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether a trainer of several members goes on, for each, with the model of its parent.
//
// The members differ in values and seeds. Batches whose models are in memory, in another order and with copies, are compared
// with the same batches in a process that has to load them.
extension Check {
  /// About how many intervals ``checkGather(_:)`` trains.
  static let gatheringIntervals = 11

  /// How many members are trained at once.
  var batchSize: Int {
    get async { min(await scratch.capacity, experiment.rules.populationSize, 4) }
  }

  /// Trains batches, and compares each member with the same from its checkpoint.
  func checkGather(_ repeats: Repeats) async {
    let size = await batchSize
    guard size > 1 else { return }
    await scratch.endProcess()
    guard let (values, first) = await firstBatch(size) else { return }
    let differ = Set(first.map { $0.metric.bitPattern }).count > 1 || Set(first.map(\.contents)).count > 1
    guard differ else {
      return tellUntold(
        "\(size) members under different values and seeds give the same result, so a mistake would not show")
    }
    var gathering = Gathering(values: values, parents: Gathering.parents(of: size), batches: [first])
    for (number, parents) in gathering.parents.enumerated() {
      let seats = gathering.seats(of: number)
      guard let batch = await train("\(parents.count) members at once, from memory", seats) else { return }
      gathering.batches.append(batch)
    }
    await scratch.endProcess()
    for number in gathering.parents.indices {
      let seats = gathering.seats(of: number)
      guard let batch = await train("the same members, from their checkpoints", seats) else { return }
      gathering.loaded.append(batch)
    }

    // What a process carries over from one interval to the next tells memory from checkpoints, whatever is gathered.
    guard repeats.isExact || repeats.isExactButRounding, !needsFreshProcesses else {
      return await tellDespiteNoise(gathering, repeats)
    }
    for number in gathering.parents.indices {
      guard let slot = slotThatDiffers(gathering, number) else { continue }
      guard let again = await train("the same members again", gathering.seats(of: number)) else { return }
      let isRepeatable = gathering.agree(again, gathering.loaded[number])
      guard isRepeatable else { return await tellDespiteNoise(gathering, repeats) }
      // Files that differ anyway, by a time in them, tell nothing.
      if gathering.agree(gathering.batches[number + 1], gathering.loaded[number]),
        !filesDiffer(gathering.batches[number + 1], gathering.loaded[number], again)
      {
        continue
      }
      if let finding = await mistake(gathering, number, slot) { tell(finding) }
      return
    }
    await checkIndependence(gathering)
  }

  /// The first member of a batch that differs from memory and from its checkpoint: in its score, or, where all scores are
  /// the same, in what it has saved.
  private func slotThatDiffers(_ gathering: Gathering, _ number: Int) -> Int? {
    let pairs = Array(zip(gathering.batches[number + 1], gathering.loaded[number]))
    if let slot = pairs.firstIndex(where: { !gathering.agree($0, $1) }) { return slot }
    guard pairs.allSatisfy({ same($0.metric, $1.metric) }) else { return nil }
    return pairs.firstIndex { $0.contents != $1.contents }
  }

  /// Whether files differ that are the same in a repetition.
  private func filesDiffer(_ warm: [Trial], _ loaded: [Trial], _ again: [Trial]) -> Bool {
    let unsteady = zip(loaded, again).reduce(into: Set<String>()) { paths, pair in
      paths.formUnion(Set(pair.0.contents.files).symmetricDifference(pair.1.contents.files).map(\.path))
    }
    return zip(warm, loaded).contains { pair in
      let differing = Set(pair.0.contents.files).symmetricDifference(pair.1.contents.files).map(\.path)
      return !unsteady.isSuperset(of: differing)
    }
  }

  /// Tells what can be told where the same interval comes to different scores.
  private func tellDespiteNoise(_ exact: Gathering, _ repeats: Repeats) async {
    var gathering = exact
    let first = gathering.batches[0]
    guard let again = await train("the same members again", gathering.seats(of: 0)),
      let own = await train("each member from its own checkpoint", gathering.seats(of: 0, from: Array(first.indices)))
    else { return }
    let differences = zip(gathering.loaded[0], again).map { abs($0.metric - $1.metric) }.filter(\.isFinite)
    let noise = differences.reduce(max(repeats.spread, leftOver), max)
    gathering.noise = noise
    for number in gathering.parents.indices {
      let pairs = Array(zip(gathering.batches[number + 1], gathering.loaded[number]))
      guard let slot = pairs.firstIndex(where: { !gathering.agree($0, $1) }) else { continue }
      if let finding = await mistake(gathering, number, slot) { return tell(finding) }
      return tellUntold(
        """
        batch[\(slot)] came to \(experiment.metric) \(shown(pairs[slot].0.metric)) from memory and to \
        \(shown(pairs[slot].1.metric)) from the checkpoint of its parent; whether that is noise, \(shown(noise)), cannot be told
        """)
    }
    // Where going on with the wrong model would show: the own one, or one that was overwritten by then.
    let places = Gathering.overwritten(gathering.parents[0])
    guard
      let overwritten = await train(
        "each member from a model that was overwritten", gathering.seats(of: 0, from: places))
    else { return }
    let isTelling = [own, overwritten].allSatisfy { wrong in
      first.indices.contains { !gathering.agree(wrong[$0], gathering.loaded[0][$0]) }
    }
    if needsFreshProcesses {
      let found = "\(first.count) members trained together continue from their parents' models, as far as can be told"
      guard !isTelling else { return tell(.gather, .ok, found) }
      return tell(
        .gather, .inconclusive,
        "not tested: a process that has trained before gives another result anyway, by up to \(shown(noise))",
        remedy: "first fix what `repeat` has found")
    }
    guard isTelling else {
      return tellUntold(
        "whether \(first.count) members trained together continue from their parents' models is hidden by noise, \(shown(noise))"
      )
    }
    await checkIndependence(gathering)
  }

  func tellUntold(_ found: String) {
    tell(
      .gather, .inconclusive, found,
      remedy: "seed each member from its own `batch.seeds[i]`, then this can be told exactly")
  }

  // MARK: Batches

  /// Trains members from fresh, under values drawn as a run draws them, or under the usual ones where those do not do.
  private func firstBatch(_ size: Int) async -> ([Hyperparameters], [Trial])? {
    let space = experiment.rules.space
    let drawn = (0..<size).map { member in
      var values = space.sample(member: member, ordinal: 0, seed: experiment.rules.seed)
      for hyperparameter in space.hyperparameters where hyperparameter.isStructural {
        values[hyperparameter.name] = base[hyperparameter.name]
      }
      return values
    }
    func seats(_ values: [Hyperparameters]) -> [Gathering.Seat] {
      values.enumerated().map { Gathering.Seat(member: $0, start: nil, values: $1) }
    }
    let what = "\(size) members at once, from scratch"
    let outcomes = await outcomes(what, seats(drawn))
    // A broken contract would not show under equal values.
    if outcomes.contains(where: \.isBreach) { return trained(outcomes).map { (drawn, $0) } }
    let trials = outcomes.compactMap(\.trial)
    if trials.count == size, trials.contains(where: { $0.metric.isFinite }) { return (drawn, trials) }
    let usual = Array(repeating: base, count: size)
    return await train(what, seats(usual)).map { (usual, $0) }
  }

  /// Trains a batch; where that fails, it is told.
  func train(_ what: String, _ seats: [Gathering.Seat]) async -> [Trial]? {
    trained(await outcomes(what, seats))
  }

  /// The trials of a batch; what failed is told.
  private func trained(_ outcomes: [Scratch.Outcome]) -> [Trial]? {
    for outcome in outcomes {
      switch outcome {
      case .trained: continue
      case .invalid(let message):
        tell(.gather, .failed, "refuses values in a batch that it has trained before: \(message)")
      case .failed(let failure):
        tell(
          .gather, .failed, "does not train \(outcomes.count) members at once: \(failure.message)",
          remedy:
            "a batch may have fewer members than the capacity, and each may start from memory, a checkpoint or fresh",
          logTail: failure.logTail)
      }
      return nil
    }
    return outcomes.compactMap(\.trial)
  }

  private func outcomes(_ what: String, _ seats: [Gathering.Seat]) async -> [Scratch.Outcome] {
    let age = seats[0].start?.age ?? 0
    let ages = age..<age + experiment.rules.nextReady(after: 0)
    return await run(
      what,
      batch: seats.map { seat in
        var assignment = assignment(.train, from: seat.start, ages, seat.values, member: seat.member)
        if let seed = seat.seed { assignment.seed = seed }
        return assignment
      })
  }
}

extension Scratch.Outcome {
  /// Whether the trainer broke its contract.
  fileprivate var isBreach: Bool {
    if case .failed(let failure) = self { failure.reason.isBreach } else { false }
  }
}
