internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let deciding = [
    Check("In asynchronous order a member decides at once, on what the others last published") { bench in
      let leases = try await bench.lease(.max)
      for lease in leases.dropLast() {
        let answer = try await bench.complete(lease, metric: Double(10 + lease.member))
        #expect(answer.decisions.map(\.member) == [lease.member])
        #expect(answer.decisions.first?.result == .stay)
        #expect(answer.decisions.first?.saw == answer.interval?.sequence)
      }
      let answer = try await bench.complete(leases[3], metric: 1)
      let decision = try #require(answer.decisions.first)
      #expect(decision.member == 3 && decision.ordinal == 1 && decision.saw == answer.interval?.sequence)
      #expect(decision.result.donor?.member == 2 && decision.result.donor?.checkpoint == leases[2].end)
      #expect(decision.result.donor?.age == 10 && decision.result.donor?.score == 12 && decision.ownScore == 1)
      let member = await bench.member(3)
      #expect(member.checkpoint == leases[2].end && member.published == nil && member.steps == 10)
      #expect(member.hyperparameters == decision.hyperparameters)
    },

    Check("In synchronous order members are due until nobody is ready or leased", .small(order: .synchronous)) {
      bench in
      let leases = try await bench.lease(2)
      for lease in leases {
        let answer = try await bench.complete(lease, metric: 1)
        #expect(answer.decisions.isEmpty)
        #expect(await bench.member(lease.member).state == .due)
      }
      // Those who are due are not leased again.
      #expect(try await bench.lease(.max).map(\.member) == [2, 3])
      guard case .wait = try await bench.grant() else {
        Issue.record("somebody was leased")
        return
      }
    },

    Check("The completion at the barrier decides for all by id, on the same population", .small(order: .synchronous)) {
      bench in
      let leases = try await bench.lease(.max)
      for id in [2, 0, 3] { try await bench.complete(leases[id], metric: Double(id)) }
      let answer = try await bench.complete(leases[1], metric: 1)
      #expect(answer.decisions.map(\.member) == [0, 1, 2, 3])
      let saw = try #require(answer.interval?.sequence)
      #expect(answer.decisions.allSatisfy { $0.saw == saw })
      #expect(answer.decisions.map(\.sequence) == Array(saw + 1...saw + 4))
      #expect(answer.decisions.map(\.result.donor?.member) == [3, nil, nil, nil])
      #expect(answer.collected == [leases[0].end])
    },

    Check(
      "A donor that copies somebody itself at the same barrier is still copied as it was",
      .small(order: .synchronous, exploit: .truncation(0.5))
    ) { bench in
      for _ in 0..<3 {
        let answers = try await bench.completeGeneration { Double($0.member) }
        let answer = try #require(answers.last)
        let donors = Set(answer.decisions.compactMap(\.result.donor?.checkpoint))
        #expect(donors.isDisjoint(with: answer.collected))
        #expect(donors.isSubset(of: Set(await bench.store.population().members.flatMap(\.references))))
      }
    },

    Check("A partial interval holds the barrier", .small(size: 2, order: .synchronous)) { bench in
      let leases = try await bench.lease(.max)
      try await bench.complete(leases[0], metric: 1)
      #expect(try await bench.complete(leases[1], metric: 2, steps: 5).decisions.isEmpty)
      let rest = try await bench.leaseOne()
      #expect(rest.member == 1)
      #expect(try await bench.complete(rest, metric: 2).decisions.count == 2)
    },

    Check("A forfeited interval satisfies the barrier", .small(size: 2, order: .synchronous, maxFailures: 1)) { bench in
      let leases = try await bench.lease(.max)
      try await bench.complete(leases[0], metric: 1)
      let answer = try await bench.fail(leases[1])
      #expect(answer.interval?.outcome == .forfeited)
      #expect(answer.decisions.map(\.member) == [0, 1])
      #expect(await bench.store.population().count(.ready) == 2)
    },

    Check("A failed attempt that is tried again holds the barrier", .small(size: 2, order: .synchronous)) { bench in
      let leases = try await bench.lease(.max)
      try await bench.complete(leases[0], metric: 1)
      #expect(try await bench.fail(leases[1]).decisions.isEmpty)
      #expect(try await bench.lease(.max).map(\.member) == [1])
    },

    Check("At its budget a member is done and decides nothing", .small(size: 2, steps: 20)) { bench in
      _ = try await bench.completeGeneration { _ in 1 }
      let completions = try await bench.completeGeneration { Double($0.member) }
      #expect(completions.allSatisfy { $0.decisions.isEmpty })
      let population = await bench.store.population()
      #expect(population.members.allSatisfy { $0.state == .done && $0.steps == 20 && $0.decisions == 1 })
      #expect(population.isFinished)
      #expect(try await bench.grant() == .finished)
    },

    Check(
      "At its budget in synchronous order a member is done, and no barrier is left",
      .small(size: 2, steps: 20, order: .synchronous)
    ) { bench in
      let first = try await bench.completeGeneration { _ in 1 }
      #expect(first.map(\.decisions.count) == [0, 2])
      let last = try await bench.completeGeneration { _ in 1 }
      #expect(last.map(\.decisions.count) == [0, 0])
      #expect(try await bench.grant() == .finished)
    },

    Check("While a costly decision is computed others train on, and what it copies is kept", .learning()) { bench in
      for _ in 0..<2 { _ = try await bench.completeGeneration { Double($0.member) } }
      let leases = try await bench.lease(.max)
      for lease in leases[1...] { try await bench.complete(lease, metric: Double(lease.member)) }
      bench.computation.holdNext()
      let worst = Task { try await bench.complete(leases[0], metric: 0) }
      await bench.computation.isHeld()
      #expect(await bench.member(0).state == .due)
      #expect(try await bench.intervals().last?.member == 0)

      // The donor goes on, and publishes another model.
      let onward = try await bench.lease(.max)
      #expect(onward.map(\.member) == [1, 2, 3])
      let meanwhile = try await bench.complete(onward[2], metric: 4)
      #expect(meanwhile.decisions.map(\.member) == [3] && !meanwhile.collected.contains(leases[3].end))

      bench.computation.release()
      let answer = try await worst.value
      #expect(answer.decisions.map(\.member) == [0])
      #expect(answer.decisions.first?.saw == answer.interval?.sequence)
      #expect(answer.decisions.first?.result.donor?.checkpoint == leases[3].end)
      let member = await bench.member(0)
      #expect(member.state == .ready && member.checkpoint == leases[3].end)
      // It was held for the decision, not for ever: the copy trains, and then nobody has it.
      let copy = try #require(try await bench.lease(.max).first { $0.member == 0 })
      #expect(try await bench.complete(copy, metric: 5).collected.contains(leases[3].end))
    },

    Check("An engine that dies while it computes a decision leaves it to the next one", .learning()) { bench in
      guard bench.kind.isOnDisk else { return }
      for _ in 0..<3 { _ = try await bench.completeGeneration { Double($0.member) } }
      let leases = try await bench.lease(.max)
      for lease in leases[1...] { try await bench.complete(lease, metric: Double(lease.member)) }
      let lease = leases[0]
      bench.computation.holdNext()
      let call = Task { try await bench.complete(lease, metric: 0) }
      await bench.computation.isHeld()
      let next = try await bench.killedAndStartedAgain()
      bench.computation.release()
      let decision = try #require(try await call.value.decisions.first)
      #expect(try await next.lease(.max).map(\.member).contains(lease.member))
      let again = try #require(try await next.decisions().last)
      #expect(again.member == lease.member && again.ordinal == decision.ordinal)
      #expect(again.result.name == decision.result.name && again.hyperparameters == decision.hyperparameters)
    },

    Check("An engine that dies at the barrier where the run ends leaves the end to the next one", .endingAtABarrier) {
      bench in
      guard bench.kind.isOnDisk else { return }
      for _ in 0..<3 { _ = try await bench.completeGeneration { Double($0.member) } }
      let leases = try await bench.lease(.max)
      for lease in leases.dropLast() { try await bench.complete(lease, metric: 1) }
      bench.computation.holdNext()
      let call = Task { try await bench.complete(leases[3], metric: 100) }
      await bench.computation.isHeld()
      let next = try await bench.killedAndStartedAgain()
      bench.computation.release()
      _ = try await call.value
      let (ended, endedLater) = (await bench.store.population(), await next.store.population())
      #expect(ended.ending == .target && endedLater.ending == .target)
      #expect(ended.members.map(\.steps) == endedLater.members.map(\.steps))
      #expect(try await next.grant() == .finished)
    },

    Check("A costly barrier is one, however long it takes", .learning(order: .synchronous)) { bench in
      for _ in 0..<2 { _ = try await bench.completeGeneration { Double($0.member) } }
      let leases = try await bench.lease(.max)
      for lease in leases.dropLast() { try await bench.complete(lease, metric: Double(lease.member)) }
      bench.computation.holdNext()
      let last = Task { try await bench.complete(leases[3], metric: 3) }
      await bench.computation.isHeld()
      guard case .wait(let version, _) = try await bench.grant() else {
        Issue.record("somebody was leased")
        return
      }
      let waiter = Task { await bench.store.waitForChange(after: version) }
      bench.computation.release()
      let saw = try #require(try await last.value.interval?.sequence)
      #expect(try await last.value.decisions.map(\.member) == [0, 1, 2, 3])
      #expect(try await last.value.decisions.allSatisfy { $0.saw == saw })
      await waiter.value
      #expect(try await bench.lease(.max).count == 4)
    },

    Check("Equal scores are ordered by the numbers stored with them", .small(exploit: .truncation(0.5))) { bench in
      _ = try await bench.completeGeneration { _ in 1 }
      let population = await bench.store.population()
      let ties = population.ranking(ofSubpopulation: 0).entries.map {
        population.members[$0.member].published?.tie ?? 0
      }
      #expect(ties == ties.sorted(by: >) && Set(ties).count == ties.count)
    },
  ]
}
