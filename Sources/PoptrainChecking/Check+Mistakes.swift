internal import PoptrainExperimentFile
internal import PopulationBasedTraining

// Why a member of a batch comes to something else from memory than from the checkpoint of its parent.
//
// Each reason predicts what other intervals come to. It is told only where they do.
extension Check {
  /// The reason at a member that differs, or, where none is known, what differs; none where that may be noise.
  func mistake(_ gathering: Gathering, _ number: Int, _ slot: Int) async -> Finding? {
    let (warm, cold) = (gathering.batches[number + 1], gathering.loaded[number])
    let parents = gathering.parents[number]
    if let finding = exchanged(gathering, warm, cold, slot) { return finding }
    await scratch.endProcess()
    if let finding = await misplaced(gathering, number, parents[slot]) { return finding }
    guard let alone = await train("one of the members alone", [gathering.seats(of: number)[slot]])?[0] else {
      return nil
    }

    let numbers = """
      With batch.parents \(parents), batch[\(slot)] got \(experiment.metric) \(shown(warm[slot].metric)) from memory, \
      \(difference(warm[slot], cold[slot])) from the checkpoint of its parent
      """
    if gathering.isLike(alone, warm[slot], not: cold[slot]) {
      return Finding(
        subject: .gather, verdict: .failed,
        found: "wrong models are loaded in a batch. \(numbers); loaded alone it gets the same as from memory",
        remedy: "load each member from its own checkpoint, `batch[i].checkpoint`")
    }
    guard gathering.isLike(alone, cold[slot], not: warm[slot]) else {
      guard gathering.noise == nil else { return nil }
      return Finding(
        subject: .gather, verdict: .failed, found: "\(numbers); alone it gets \(shown(alone.metric))",
        remedy: "\(Check.gatheringAll); \(Check.keepingApart)")
    }
    let places = Array(parents.indices)
    let overwritten = Gathering.overwritten(parents)
    let isIgnored = await cameFrom(places, "each member from its own checkpoint", gathering, number)
    let isOverwritten =
      overwritten != parents
      ? await cameFrom(overwritten, "each member from a model that was overwritten", gathering, number) : false
    // Through noise both may look right.
    if isIgnored, gathering.noise == nil || !isOverwritten {
      return Finding(
        subject: .gather, verdict: .failed,
        found: "batch.parents is ignored: each slot continues with its own model. \(numbers)",
        remedy: Check.gatheringAll)
    }
    if isOverwritten, !isIgnored {
      return Finding(
        subject: .gather, verdict: .failed,
        found: "models in memory are overwritten while others are still to continue with them. \(numbers)",
        remedy: Check.gatheringAll)
    }
    return Finding(
      subject: .gather, verdict: .failed,
      found: "what is in memory is not, or not all, what the parent has saved. \(numbers), together or alone",
      remedy:
        "\(Check.gatheringAll), all that belongs to a model; several members may have one parent, and a batch may be "
        + "smaller")
  }

  private static let gatheringAll =
    "gather the models of all parents before any is trained, such as `models = [population[p] for p in "
    + "batch.parents]`, and load where the parent is -1"
  static let keepingApart =
    "each member of a batch has its own values, `batch[\"…\"][i]`, its own `batch.seeds[i]`, and folders; "
    + "report and save in the order of the batch"

  private func difference(_ warm: Trial, _ cold: Trial) -> String {
    same(warm.metric, cold.metric) ? "and saved something else than" : "but \(shown(cold.metric))"
  }

  /// Whether a batch came, from memory, to what it comes to from these places of the batch before.
  private func cameFrom(_ places: [Int], _ what: String, _ gathering: Gathering, _ number: Int) async -> Bool {
    guard let predicted = await train(what, gathering.seats(of: number, from: places)) else { return false }
    let (warm, cold) = (gathering.batches[number + 1], gathering.loaded[number])
    return warm.indices.allSatisfy { slot in
      if gathering.agree(predicted[slot], cold[slot]), gathering.agree(warm[slot], cold[slot]) { return true }
      return gathering.isLike(warm[slot], predicted[slot], not: cold[slot])
    }
  }

  /// The models are right, and only what is reported of them is not, or where they are saved.
  private func exchanged(_ gathering: Gathering, _ warm: [Trial], _ cold: [Trial], _ slot: Int) -> Finding? {
    let saved = cold.map(\.contents)
    guard gathering.noise == nil, Set(saved).count == saved.count else { return nil }
    if warm.map(\.contents) == saved {
      return Finding(
        subject: .gather, verdict: .failed,
        found: """
          batch[\(slot)] saves the same from memory as from the checkpoint of its parent, but reports \(experiment.metric) \
          \(shown(warm[slot].metric)) and \(shown(cold[slot].metric))
          """,
        remedy: "report in the order of the batch, of each member what it has saved")
    }
    guard gathering.agree(warm, cold), Set(warm.map(\.contents)) == Set(saved),
      let other = saved.firstIndex(of: warm[slot].contents)
    else { return nil }
    return Finding(
      subject: .gather, verdict: .failed,
      found:
        "batch[\(slot)] saves from memory what batch[\(other)] saves from a checkpoint, though both report the same",
      remedy: "save each member into its own folder, `batch[i].save_to`, in the order of the batch")
  }

  /// A checkpoint that scores what another member has reported.
  private func misplaced(_ gathering: Gathering, _ number: Int, _ parent: Int) async -> Finding? {
    let before = gathering.batches[number]
    let values = gathering.values[parent]
    guard case .trained(let trial) = await evaluate(before[parent], seededAt: before[parent].age, under: values),
      !trial.hasTrained, !gathering.agree(trial, before[parent])
    else { return nil }
    let others = before.indices.filter { gathering.agree(trial, before[$0]) }
    guard let other = others.first, others.count == 1 else { return nil }
    return Finding(
      subject: .gather, verdict: .failed,
      found: """
        the checkpoint of batch[\(parent)] scores \(experiment.metric) \(shown(trial.metric)), which is what batch[\(other)] \
        reported; batch[\(parent)] reported \(shown(before[parent].metric))
        """,
      remedy: "save each member into its own folder, `batch[i].save_to`, and report in the order of the batch")
  }
}
