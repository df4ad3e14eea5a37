internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let leases = [
    Check("A new population has its size, and every member is ready, fresh and inside its space") { bench in
      let population = await bench.store.population()
      #expect(population.members.map(\.id) == [0, 1, 2, 3])
      for member in population.members {
        #expect(member.state == .ready && member.checkpoint == nil && member.published == nil)
        #expect(member.steps == 0 && member.age == 0 && member.intervals == 0)
        #expect(bench.rules.space.hyperparameters.count == member.hyperparameters.count)
        for hyperparameter in bench.rules.space.hyperparameters {
          let value = try #require(member.hyperparameters[hyperparameter.name])
          #expect(hyperparameter.domain.contains(value), "\(hyperparameter.name) = \(value)")
        }
      }
    },

    Check("A member joins by its decision zero") { bench in
      let joined = try await bench.decisions()
      #expect(joined.map(\.member) == [0, 1, 2, 3])
      #expect(joined.allSatisfy { $0.ordinal == 0 && $0.reason == "joined" })
      let members = await bench.store.population().members
      #expect(joined.map(\.hyperparameters) == members.map(\.hyperparameters))
    },

    Check("Members are leased up to the capacity, ties by id") { bench in
      let first = try await bench.lease(3)
      #expect(first.map(\.member) == [0, 1, 2])
      let second = try await bench.lease(3)
      #expect(second.map(\.member) == [3])
    },

    Check("The least advanced members are leased first") { bench in
      let first = try await bench.lease(4)
      try await bench.complete(first[0], metric: 1)
      try await bench.complete(first[2], metric: 3)
      let second = try await bench.leaseOne()
      #expect(second.member == 0)
      try await bench.complete(second, metric: 1)
      try await bench.store.release(first[1].token)
      // Their steps: member 0 has 20, 1 none, 2 ten; 3 is leased.
      #expect(try await bench.lease(.max).map(\.member) == [1, 2, 0])
    },

    Check("A member has at most one live lease") { bench in
      let leases = try await bench.lease(.max)
      #expect(leases.count == 4 && Set(leases.map(\.member)).count == 4)
      guard case .wait = try await bench.grant(.max) else {
        Issue.record("a second lease was granted")
        return
      }
      let population = await bench.store.population()
      #expect(population.members.allSatisfy { $0.state == .leased })
    },

    Check("A lease says all that its trainer needs to know") { bench in
      let lease = try await bench.leaseOne()
      let member = await bench.member(0)
      #expect(lease.member == 0 && lease.number == 1 && lease.kind == .train && lease.worker == "worker")
      #expect(lease.start == nil && lease.startSteps == 0 && lease.startAge == 0 && lease.steps == 10)
      #expect(lease.hyperparameters == member.hyperparameters)
      #expect(lease.seed == bench.rules.trainerSeed(member: 0, steps: 0, kind: .train))
      #expect(lease.end == CheckpointID(member: 0, number: 1, token: lease.token))

      try await bench.complete(lease, metric: 1)
      let next = try #require(try await bench.lease(.max).first { $0.member == 0 })
      #expect(next.number == 2 && next.start == lease.end && next.startSteps == 10 && next.startAge == 10)
      #expect(next.seed == bench.rules.trainerSeed(member: 0, steps: 10, kind: .train))
    },

    Check("The last interval ends at the budget", .small(steps: 25)) { bench in
      for expected in [10, 10, 5] {
        let leases = try await bench.lease(.max)
        #expect(leases.map(\.steps) == Array(repeating: expected, count: 4))
        for lease in leases { try await bench.complete(lease, metric: 1) }
      }
      #expect(try await bench.grant() == .finished)
    },

    Check("A lease that was given back counts as if it had never been granted") { bench in
      let before = try await bench.everything()
      let lease = try await bench.leaseOne()
      try await bench.store.release(lease.token)
      #expect(try await bench.everything() == before)
      let again = try await bench.leaseOne()
      #expect(again.member == 0 && again.number == 1 && again.seed == lease.seed && again.token != lease.token)
    },
  ]

  package static let deadTokens = [
    Check("The token of a lease that was given back changes nothing") { bench in
      let lease = try await bench.leaseOne()
      try await bench.store.release(lease.token)
      try await bench.expectDead(lease)
    },

    Check("The token of an attempt that failed changes nothing") { bench in
      let lease = try await bench.leaseOne()
      try await bench.fail(lease)
      try await bench.expectDead(lease)
    },

    Check("A token that was never granted changes nothing") { bench in
      var lease = try await bench.leaseOne()
      lease.token = "invented"
      try await bench.expectDead(lease)
    },

    Check("The token of a completed lease can neither fail, be prolonged nor be given back") { bench in
      let lease = try await bench.leaseOne()
      try await bench.complete(lease, metric: 1)
      try await bench.expectDead(lease, including: false)
    },
  ]
}

extension Bench {
  /// Expects that every call with this token is refused and changes nothing.
  func expectDead(_ lease: Lease, including completing: Bool = true) async throws {
    let before = try await everything()
    let refusal = StoreError.superseded(token: lease.token)
    if completing {
      await #expect(throws: refusal) {
        try await complete(lease, metric: 9, then: LeaseRequest(worker: "w", capacity: 1))
      }
    }
    await #expect(throws: refusal) { try await fail(lease) }
    await #expect(throws: refusal) { try await store.heartbeat(lease.token) }
    await #expect(throws: refusal) { try await store.release(lease.token) }
    #expect(try await everything() == before)
  }
}
