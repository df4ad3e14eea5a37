package import PopulationBasedTraining
package import PoptrainStore
internal import Testing

/// Watches a population call by call, and checks what must always hold.
package struct Witness {
  private var rules: Rules
  /// The rules of the next revision.
  private var revision: Rules?
  package private(set) var records: [HistoryRecord] = []
  /// History folded again, without leases.
  private var folded: Population
  /// The population that the decisions which follow an interval compare with.
  private var frozen: Population
  private var ages: [CheckpointID: Int] = [:]
  /// The checkpoints that each member has trained, in order.
  private var trained: [Member.ID: [CheckpointID]] = [:]
  package private(set) var present: Set<CheckpointID> = []
  package private(set) var collected: Set<CheckpointID> = []

  package init(rules: Rules) {
    self.rules = rules
    folded = Population(rules: rules)
    frozen = folded
  }

  /// Expects that the population goes on under other rules.
  package mutating func expectRevision(_ rules: Rules) { revision = rules }

  /// Looks at the store after a call.
  ///
  /// - Parameter live: the leases that the test holds.
  package mutating func look(at store: any PopulationStore, live: [Lease]) async throws {
    let new = try await store.records(after: records.last?.sequence ?? 0)
    for record in new { try check(record) }
    let now = await store.population()
    checkReferences(now, live)
    checkNow(now, live)
  }

  private mutating func check(_ record: HistoryRecord) throws {
    #expect(record.sequence == (records.last?.sequence ?? 0) + 1, "history has no gaps")
    switch record {
    case .interval(let interval): check(interval)
    case .decision(let decision): check(decision)
    case .collection(_, let checkpoint):
      checkCollected(checkpoint)
      #expect(present.remove(checkpoint) != nil, "\(checkpoint) was not there to be collected")
      #expect(collected.insert(checkpoint).inserted)
    case .attempt(let attempt):
      #expect(attempt.number == folded.members[attempt.member].intervals + 1)
    case .event: break
    }
    folded.apply(record)
    if case .event(let event) = record, event.kind == .revised, let revision {
      rules = revision
      folded.revise(revision)
      self.revision = nil
    }
    if case .decision(let decision) = record, decision.ordinal > 0, decision.result != .retire {
      // Those who are due decide on one population.
    } else {
      frozen = folded
    }
    records.append(record)
  }

  /// I1: an interval goes on where its member is, and where the checkpoint it started from ended. I7: in its domain.
  private mutating func check(_ interval: Interval) {
    let member = folded.members[interval.member]
    #expect(interval.number == member.intervals + 1 && interval.startSteps == member.steps)
    #expect(interval.start == member.checkpoint && interval.startAge == member.age)
    #expect(interval.startAge == interval.start.map { ages[$0] ?? -1 } ?? 0, "contiguous in age")
    #expect(interval.hyperparameters == rules.space.inForce(member.hyperparameters, at: member.age))
    #expect(interval.tie == rules.tie(member: interval.member, steps: interval.startSteps, kind: interval.kind))
    #expect(interval.kind == member.next && interval.startSelection == member.startSelection)
    #expect(interval.selection == folded.selection(of: interval))
    if let start = interval.start { #expect(present.contains(start)) }
    if interval.kind == .evaluate {
      #expect(interval.steps == 0 && (interval.end == interval.start || interval.end == nil))
    } else if let end = interval.end {
      #expect(ages.updateValue(interval.endAge, forKey: end) == nil, "a checkpoint is made once")
      present.insert(end)
      trained[interval.member, default: []].append(end)
    }
  }

  /// I5: made again on the population that it saw, a decision is the same. I7: in its domain.
  private func check(_ decision: Decision) {
    for hyperparameter in rules.space.hyperparameters {
      #expect(decision.hyperparameters[hyperparameter.name].map(hyperparameter.domain.contains) == true)
    }
    if decision.ordinal == 0 {
      #expect(decision == initialDecision(decision.member, in: folded))
      return
    }
    #expect(decision.saw == frozen.sequence)
    if decision.result == .retire {
      #expect(decision == retirement(in: folded))
      return
    }
    var again = decide(decision.member, in: frozen)
    again.sequence = decision.sequence
    #expect(again == decision)
    if let donor = decision.result.donor, donor.inherits.includesWeights {
      #expect(present.contains(donor.checkpoint))
    }
  }

  /// What is to be kept is not collected.
  private func checkCollected(_ checkpoint: CheckpointID) {
    switch rules.keep {
    case .needed: break
    case .last(let count):
      #expect(!trained.values.contains { $0.suffix(count).contains(checkpoint) }, "\(checkpoint) is one of the last")
    case .all: Issue.record("\(checkpoint) was to be kept")
    }
  }

  /// I2: what anybody refers to is present and was never collected; and nothing else is left, besides what is kept.
  private func checkReferences(_ now: Population, _ live: [Lease]) {
    var references = Set(now.members.flatMap { [$0.checkpoint, $0.published?.checkpoint].compactMap { $0 } })
    references.formUnion(live.compactMap(\.start))
    if let best = now.best { references.insert(best.published.checkpoint) }
    #expect(references.isDisjoint(with: collected))
    for checkpoints in trained.values {
      let left = checkpoints.filter(present.contains)
      switch rules.keep {
      case .needed: break
      case .last(let count): references.formUnion(left.suffix(count))
      case .all: references.formUnion(left)
      }
    }
    #expect(references == present)
  }

  /// I3 and I8, and that members are what history has made of them.
  private func checkNow(_ now: Population, _ live: [Lease]) {
    #expect(now.members.map(\.id) == Array(now.members.indices))
    #expect(now.size == rules.populationSize, "the population keeps its size")
    #expect(Set(live.map(\.member)).count == live.count)
    #expect(Set(now.members.filter { $0.state == .leased }.map(\.id)) == Set(live.map(\.member)))
    var expected = folded
    for lease in live { expected.setLeased(lease.member, true) }
    #expect(now.members == expected.members)
    #expect(now.best == expected.best && now.sequence == expected.sequence)
    #expect(now.completedIntervals == expected.completedIntervals)
    #expect(now.intervalsSinceBest == expected.intervalsSinceBest && now.restarts == expected.restarts)
    #expect(now.observations == expected.observations && now.ending == expected.ending)
    #expect(now.due == expected.due && now.scoredCount == expected.scoredCount)
    #expect(now.leastAdvancedReady(.max) == expected.leastAdvancedReady(.max))
    for state in Member.State.allCases { #expect(now.count(state) == expected.count(state)) }
  }
}
