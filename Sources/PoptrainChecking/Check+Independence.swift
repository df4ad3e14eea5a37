internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import PopulationBasedTraining

// Whether what a member of a batch comes to depends on itself alone: not on the others, nor on its place among them.
extension Check {
  /// What the other members of a batch may differ in.
  private enum Trait: String, CaseIterable {
    // In this order: where members are mixed, other values and seeds of the others show as well.
    case models, values, seeds

    var remedy: String {
      switch self {
      case .seeds:
        "seed each member from its own `batch.seeds[i]`, and draw its random numbers from a generator of its own"
      case .values: "train each member under its own values, `batch[\"…\"][i]`"
      case .models: "keep the members of a batch apart: no mean, norm or statistic may be taken over several of them"
      }
    }
  }

  /// Compares the members of a batch with themselves beside others, in another place, and alone.
  func checkIndependence(_ gathering: Gathering) async {
    let last = gathering.values.count - 1
    guard await isIndependentOfOthers(gathering, last), await isIndependentOfPlace(gathering) else { return }
    await checkAlone(gathering)
  }

  // MARK: Others

  /// Whether a member comes to the same beside other members in the other places; where it does not, that is told.
  private func isIndependentOfOthers(_ gathering: Gathering, _ slot: Int) async -> Bool {
    let together = gathering.loaded[0][slot]
    guard
      let trial = await train("one of the members beside others", others(than: slot, Trait.allCases, gathering))?[slot]
    else { return false }
    guard let difference = difference(together, trial, gathering) else { return true }
    guard let again = await train("the same members again", gathering.seats(of: 0))?[slot] else { return false }
    // It was not as exact as it seemed.
    guard self.difference(together, again, gathering) == nil else { return true }
    guard let alone = await trainAlone(gathering, slot) else { return false }
    if let finding = wrongOrder(gathering, slot, alone) {
      tell(finding)
      return false
    }
    // The longer one looks, the more noise one finds.
    guard gathering.noise == nil || self.difference(again, trial, gathering) != nil else { return true }
    var guilty: Trait?
    for trait in Trait.allCases where guilty == nil {
      let seats = others(than: slot, [trait], gathering)
      guard let trial = await train("beside others with other \(trait.rawValue)", seats)?[slot] else { return false }
      if self.difference(together, trial, gathering) != nil { guilty = trait }
    }
    guard gathering.noise == nil || guilty != nil else { return true }
    let what = guilty.map { "other \($0.rawValue)" } ?? "other seeds, values and models"
    tell(
      .gather, difference.isOfFiles ? .warning : .failed,
      "batch[\(slot)] \(difference.words) when the others of its batch have \(what)",
      remedy: gathering.noise == nil ? guilty?.remedy ?? Check.keepingApart : Check.keepingApart)
    return false
  }

  /// The members of a batch, with others in all places but one.
  private func others(than slot: Int, _ traits: [Trait], _ gathering: Gathering) -> [Gathering.Seat] {
    let seats = gathering.seats(of: 0)
    return seats.indices.map { place in
      var seat = seats[place]
      guard place != slot else { return seat }
      let next = (place + 1) % seats.count
      for trait in traits {
        switch trait {
        case .seeds: seat.seed = otherSeed(of: seat)
        case .values: seat.values = gathering.values[next]
        case .models: seat.start = seats[next].start
        }
      }
      return seat
    }
  }

  private func otherSeed(of seat: Gathering.Seat) -> UInt64 {
    experiment.rules.trainerSeed(member: seat.member, steps: (seat.start?.age ?? 0) + 1, kind: .train)
  }

  // MARK: Place

  /// Whether members come to the same in another place of the batch; where they do not, that is told.
  private func isIndependentOfPlace(_ gathering: Gathering) async -> Bool {
    let together = gathering.loaded[0]
    var seats = gathering.seats(of: 0)
    seats.swapAt(0, 1)
    guard let swapped = await train("the members in another order", seats) else { return false }
    let moved = [swapped[1], swapped[0]]
    let differing = [0, 1].first { difference(together[$0], moved[$0], gathering) != nil }
    guard let member = differing, let difference = difference(together[member], moved[member], gathering) else {
      return true
    }
    guard await isIndependentOfOthers(gathering, 0) else { return false }
    // By rounding members may differ from place to place: much less than by a seed.
    let distance = abs(together[member].metric - moved[member].metric)
    let reseeded = gathering.seats(of: 0).map { seat in
      var seat = seat
      seat.seed = otherSeed(of: seat)
      return seat
    }
    guard let others = await train("the same members under other seeds", reseeded),
      let again = await train("the members in another order again", seats)?[1 - member]
    else { return false }
    // It may have been noise.
    guard self.difference(together[member], again, gathering) != nil else { return true }
    let seedsShow = self.difference(together[member], others[member], gathering) != nil
    let rounding = gathering.noise == nil ? gathering.scale / 10_000 : gathering.margin
    let most = seedsShow ? abs(together[member].metric - others[member].metric) / 4 : rounding
    guard distance > most || distance.isNaN else { return true }
    tell(
      .gather, .failed,
      "batch[\(member)] \(difference.words) at another position in the batch, under the same values and seed",
      remedy: gathering.noise == nil
        ? "take the seed and the values of each member from its own place, `batch.seeds[i]` and `batch[i]`, and nothing else "
          + "from where it stands in the batch" : Check.keepingApart)
    return false
  }

  // MARK: Alone

  private func trainAlone(_ gathering: Gathering, _ slot: Int, isFresh: Bool = false) async -> Trial? {
    var seat = gathering.seats(of: 0)[slot]
    if isFresh { seat.start = nil }
    return await train("one of the members alone", [seat])?[0]
  }

  /// Compares a member of a batch with the same one alone.
  private func checkAlone(_ gathering: Gathering) async {
    let size = gathering.values.count
    let last = size - 1
    var largest = 0.0
    for isFresh in [true, false] {
      let together = (isFresh ? gathering.batches : gathering.loaded)[0][last]
      guard let alone = await trainAlone(gathering, last, isFresh: isFresh) else { return }
      if same(alone.metric, together.metric) { continue }
      let distance = abs(alone.metric - together.metric)
      guard distance <= max(gathering.scale / 4, gathering.margin) else {
        if !isFresh, let finding = wrongOrder(gathering, last, alone) { return tell(finding) }
        return tell(
          .gather, .failed,
          """
          batch[\(last)] of \(size) members comes to \(experiment.metric) \(shown(together.metric)), but alone, under the \
          same values and seed and \(isFresh ? "from scratch" : "from the same checkpoint"), to \(shown(alone.metric))
          """,
          remedy: Check.keepingApart)
      }
      largest = max(largest, distance)
    }
    guard gathering.noise == nil else {
      return tell(
        .gather, .ok,
        """
        \(size) members trained together continue from their parents' models, as far as the noise shows: differences of up \
        to \(shown(gathering.margin)) count as noise
        """)
    }
    let rounding = largest == 0 ? "" : "; alone a member differs by up to \(shown(largest))"
    tell(
      .gather, .ok,
      "each of \(size) members trained together continues from its parent's model, also as a copy, and gives the same "
        + "result beside others, at another position and alone\(rounding)")
  }

  /// That a member comes to, alone, what another has reported in the batch.
  private func wrongOrder(_ gathering: Gathering, _ slot: Int, _ alone: Trial) -> Finding? {
    let together = gathering.loaded[0]
    let others = together.indices.filter { gathering.agree(alone, together[$0]) }
    guard let other = others.first, others.count == 1, other != slot else { return nil }
    return Finding(
      subject: .gather, verdict: .failed,
      found: """
        in a batch, batch[\(other)] reports \(experiment.metric) \(shown(together[other].metric)), which is what \
        batch[\(slot)] gets alone; batch[\(slot)] reports \(shown(together[slot].metric))
        """,
      remedy: "report in the order of the batch")
  }

  // MARK: Differences

  private struct Difference {
    var words: String
    var isOfFiles = false
  }

  /// How an interval differs from what should be the same bit for bit, as far as it is when it is repeated.
  private func difference(_ trial: Trial, _ other: Trial, _ gathering: Gathering) -> Difference? {
    let steady = gathering.steadyMetrics
    if !steady.contains(experiment.metric), !gathering.agree(trial, other) {
      return difference(in: experiment.metric, trial.metric, other.metric)
    }
    for name in steady {
      let (value, otherValue) = (trial.metrics[name] ?? .nan, other.metrics[name] ?? .nan)
      if !same(value, otherValue) { return difference(in: name, value, otherValue) }
    }
    let files = Set(trial.contents.files).symmetricDifference(other.contents.files).map(\.path)
    let differing = gathering.steadyFiles.intersection(files)
    return differing.isEmpty
      ? nil : Difference(words: "saves something else (\(differing.sorted().joined(separator: ", ")))", isOfFiles: true)
  }

  private func difference(in metric: String, _ value: Double, _ other: Double) -> Difference {
    Difference(words: "gets \(metric) \(shown(value)), but \(shown(other))")
  }
}
