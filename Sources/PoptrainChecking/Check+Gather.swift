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
  static let gatheringIntervals = 10

  /// How many members are trained at once.
  var batchSize: Int {
    get async { min(await scratch.capacity, experiment.rules.populationSize, 4) }
  }

  /// For each member of a batch, where in the batch before its parent is; the batches one after the other.
  private static func parents(of size: Int) -> [[Int]] {
    let rotated = (0..<size).map { ($0 + 1) % size }
    let copied = (0..<size).map { size > 2 && $0 == size - 1 ? 0 : size - 1 }
    let fewer = (0..<(size + 1) / 2).map { size - 1 - 2 * $0 }
    return [rotated, copied, fewer.map { max($0, 0) }]
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
        "\(size) members under different values and seeds come to the same, so a mistake would not show")
    }

    // In memory.
    var batches = [first]
    let parents = Check.parents(of: size)
    for (number, parents) in parents.enumerated() {
      let starts = parents.map { batches[number][$0] }
      guard let batch = await trainBatch("\(parents.count) members at once, from memory", starts, values) else {
        return
      }
      batches.append(batch)
    }
    // From their checkpoints.
    await scratch.endProcess()
    var loaded: [[Trial]] = []
    for (number, parents) in parents.enumerated() {
      let starts = parents.map { batches[number][$0] }
      guard let batch = await trainBatch("the same members, from their checkpoints", starts, values) else { return }
      loaded.append(batch)
    }

    let isExact = repeats.isExact || repeats.isExactButRounding
    guard isExact else {
      return await tellGatherDespiteNoise(first, batches[1], loaded[0], values, parents[0], repeats)
    }
    for (number, parents) in parents.enumerated() {
      let pairs = zip(batches[number + 1], loaded[number])
      guard let slot = await slotThatDiffers(Array(pairs), from: parents.map { batches[number][$0] }, values) else {
        continue
      }
      let ignored = await isIgnored(first, batches[1], values)
      let warm = batches[number + 1][slot]
      let cold = loaded[number][slot]
      return tell(
        .gather, .failed,
        """
        \(ignored ? "batch.parents is ignored: each slot continues with its own model" : "wrong models in memory"). \
        With batch.parents \(parents), batch[\(slot)] came to \(experiment.metric) \(shown(warm.metric))\
        \(same(warm.metric, cold.metric) ? " and saved something else than" : ", but to \(shown(cold.metric))") \
        from the checkpoint of its parent
        """,
        remedy: "gather the models of all parents before any is trained, such as `models = [population[p] for p in "
          + "batch.parents]`, and load where the parent is -1; several members may have one parent, and a batch may be smaller"
      )
    }
    await checkAlone(first, batches[1], loaded[0], values, parents[0])
  }

  /// Compares members of a batch with the same ones alone.
  private func checkAlone(
    _ first: [Trial], _ second: [Trial], _ loaded: [Trial], _ values: [Hyperparameters], _ parents: [Int]
  ) async {
    let size = first.count
    let last = size - 1
    let cases: [(Member.ID, Trial?, Trial)] = [
      (last, nil, first[last]), (0, first[parents[0]], loaded[0]), (last, first[parents[last]], loaded[last]),
    ]
    var largest = 0.0
    for (member, start, together) in cases {
      let what = "one of the members alone"
      guard let alone = await trainBatch(what, [start], [values[member]], members: [member])?[0] else { return }
      let scores = (start == nil ? first : loaded).map(\.metric).filter(\.isFinite)
      let spread = (scores.max() ?? 0) - (scores.min() ?? 0)
      let distance = abs(alone.metric - together.metric)
      if same(alone.metric, together.metric) { continue }
      guard distance <= spread / 4 else {
        return tell(
          .gather, .failed,
          """
          batch[\(member)] of \(size) members comes to \(experiment.metric) \(shown(together.metric)), but alone, under the \
          same values and seed and \(start == nil ? "from scratch" : "from the same checkpoint"), to \(shown(alone.metric))
          """,
          remedy:
            "each member of a batch has its own values, `batch[\"…\"][i]`, its own `batch.seeds[i]`, and folders; "
            + "report and save in the order of the batch")
      }
      largest = max(largest, distance)
    }
    let rounding = largest == 0 ? "" : "; alone a member differs by up to \(shown(largest))"
    tell(
      .gather, .ok,
      "each of \(size) members trained together continues from its parent's model, also as a copy, and gives the same "
        + "result alone\(rounding)")
  }

  /// Tells what can be told where the same interval comes to different scores.
  private func tellGatherDespiteNoise(
    _ first: [Trial], _ warm: [Trial], _ loaded: [Trial], _ values: [Hyperparameters], _ parents: [Int],
    _ repeats: Repeats
  ) async {
    let starts = parents.map { first[$0] }
    guard let again = await trainBatch("the same members again", starts, values),
      let wrong = await trainBatch("each member from its own checkpoint", first, values)
    else { return }
    let noise = zip(loaded, again).map { abs($0.metric - $1.metric) }.reduce(repeats.spread, max)
    let telling = first.indices.filter { abs(wrong[$0].metric - loaded[$0].metric) > 6 * noise }
    let right = telling.filter {
      abs(warm[$0].metric - loaded[$0].metric) < abs(warm[$0].metric - wrong[$0].metric)
    }
    if !telling.isEmpty, right == telling {
      tell(
        .gather, .ok,
        "\(first.count) members trained together continue from their parents' models, as far as the noise shows"
      )
    } else if !telling.isEmpty, right.isEmpty {
      tell(
        .gather, .failed,
        "batch.parents is ignored: with \(parents), each slot continues with its own model",
        remedy: "gather the models of all parents before any is trained, such as `models = [population[p] for p in "
          + "batch.parents]`, and load where the parent is -1")
    } else {
      tellUntold(
        "whether \(first.count) members trained together continue from their parents' models is hidden by noise, \(shown(noise))"
      )
    }
  }

  private func tellUntold(_ found: String) {
    tell(
      .gather, .inconclusive, found,
      remedy: "seed each member from its own `batch.seeds[i]`, then this can be told exactly")
  }

  /// Whether each slot came to what its own model of before comes to.
  private func isIgnored(_ first: [Trial], _ warm: [Trial], _ values: [Hyperparameters]) async -> Bool {
    await scratch.endProcess()
    guard let own = await trainBatch("each member from its own checkpoint", first, values) else { return false }
    return zip(own, warm).allSatisfy { abs($0.metric - $1.metric) <= tolerance(own) || same($0.metric, $1.metric) }
  }

  /// What rounding may do to scores: a hundredth of how far the members are apart.
  private func tolerance(_ batch: [Trial]) -> Double {
    let scores = batch.map(\.metric).filter(\.isFinite)
    return ((scores.max() ?? 0) - (scores.min() ?? 0)) / 100
  }

  /// The first member that differs: in its score, or, where all scores are the same, in what it has saved.
  private func slotThatDiffers(
    _ pairs: [(Trial, Trial)], from starts: [Trial], _ values: [Hyperparameters]
  ) async -> Int? {
    let tolerance = tolerance(pairs.map { $0.1 })
    if let slot = pairs.firstIndex(where: {
      !same($0.metric, $1.metric) && !(abs($0.metric - $1.metric) <= tolerance)
    }) {
      return slot
    }
    let saved = pairs.map { Set($0.contents.files).symmetricDifference($1.contents.files).map(\.path) }
    guard pairs.allSatisfy({ same($0.metric, $1.metric) }), saved.contains(where: { !$0.isEmpty }),
      let again = await trainBatch("the same members again", starts, values)
    else { return nil }
    // Files that differ anyway, by a time in them, tell nothing.
    let unsteady = zip(pairs, again).reduce(into: Set<String>()) { paths, pair in
      paths.formUnion(Set(pair.0.1.contents.files).symmetricDifference(pair.1.contents.files).map(\.path))
    }
    return saved.firstIndex { !unsteady.isSuperset(of: $0) }
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
    let outcomes = await trainAll("\(size) members at once, from scratch", Array(repeating: nil, count: size), drawn)
    let trials = outcomes.compactMap(\.trial)
    if trials.count == size, trials.contains(where: { $0.metric.isFinite }) { return (drawn, trials) }
    let usual = Array(repeating: base, count: size)
    guard
      let trials = await trainBatch("\(size) members at once, from scratch", Array(repeating: nil, count: size), usual)
    else { return nil }
    return (usual, trials)
  }

  /// Trains a batch; where that fails, it is told.
  private func trainBatch(
    _ what: String, _ starts: [Trial?], _ values: [Hyperparameters], members: [Member.ID]? = nil
  ) async -> [Trial]? {
    let outcomes = await trainAll(what, starts, values, members: members)
    for outcome in outcomes {
      switch outcome {
      case .trained: continue
      case .invalid(let message):
        tell(.gather, .failed, "refuses values in a batch that it has trained before: \(message)")
      case .failed(let failure):
        tell(
          .gather, .failed, "does not train \(starts.count) members at once: \(failure.message)",
          remedy:
            "a batch may have fewer members than the capacity, and each may start from memory, a checkpoint or fresh",
          logTail: failure.logTail)
      }
      return nil
    }
    return outcomes.compactMap(\.trial)
  }

  private func trainAll(
    _ what: String, _ starts: [Trial?], _ values: [Hyperparameters], members: [Member.ID]? = nil
  ) async -> [Scratch.Outcome] {
    let age = starts[0]?.age ?? 0
    let ages = age..<age + experiment.rules.nextReady(after: 0)
    return await run(
      what,
      batch: starts.enumerated().map { slot, start in
        assignment(.train, from: start, ages, values[slot], member: members?[slot] ?? slot)
      })
  }
}
