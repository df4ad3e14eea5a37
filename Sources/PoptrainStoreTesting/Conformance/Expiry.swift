internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  /// How long a lease lasts, where one store grants them all.
  package static let expiry = [
    Check("A lease lasts for a minute") { bench in
      let lease = try await bench.leaseOne()
      #expect(lease.expiresAt == bench.clock.now + 60)
    },

    Check("A lease is taken over only after it has expired") { bench in
      let held = try await bench.lease(.max, worker: "old")
      bench.clock.advance(by: 59.9)
      #expect(try await bench.lease(.max).isEmpty)
      bench.clock.advance(by: 0.1)
      let taken = try await bench.lease(3, worker: "new")
      #expect(taken.map(\.member) == [0, 1, 2])
      #expect(taken.allSatisfy { $0.worker == "new" && $0.number == 1 })
      #expect(taken.map(\.seed) == held.prefix(3).map(\.seed))
      #expect(taken.map(\.expiresAt) == Array(repeating: bench.clock.now + 60, count: 3))
      #expect(try await bench.lease(3).map(\.member) == [3])
      #expect(try await bench.lease(3).isEmpty)
    },

    Check("Members that are ready go before leases that have expired") { bench in
      _ = try await bench.lease(3)
      bench.clock.advance(by: 100)
      #expect(try await bench.lease(.max).map(\.member) == [3])
      #expect(try await bench.lease(.max).map(\.member) == [0, 1, 2])
    },

    Check("A heartbeat prolongs a lease") { bench in
      let leases = try await bench.lease(.max)
      bench.clock.advance(by: 40)
      for lease in leases.dropFirst() { try await bench.store.heartbeat(lease.token) }
      bench.clock.advance(by: 40)
      #expect(try await bench.lease(.max).map(\.member) == [0])
      bench.clock.advance(by: 20)
      #expect(try await bench.lease(.max).map(\.member) == [1, 2, 3])
    },

    Check("Until it is taken over, an expired lease still counts") { bench in
      let leases = try await bench.lease(.max)
      bench.clock.advance(by: 1000)
      try await bench.store.heartbeat(leases[0].token)
      #expect(try await bench.complete(leases[1], metric: 1).interval?.member == 1)
      #expect(try await bench.lease(1).map(\.member) == [1])
      #expect(try await bench.lease(.max).map(\.member) == [2, 3])
    },

    Check("The token of a lease that was taken over changes nothing") { bench in
      let held = try await bench.lease(.max)
      bench.clock.advance(by: 60)
      let taken = try await bench.lease(.max)
      try await bench.expectDead(held[0])
      // And the new owner has lost nothing by it.
      #expect(try await bench.complete(taken[0], metric: 1).interval?.end == taken[0].end)
    },

    Check("No token and no name of a checkpoint is ever used again", .small(maxFailures: 100)) { bench in
      var tokens: [String] = []
      var names: [CheckpointID] = []
      for round in 0..<40 {
        let leases = try await bench.lease(3)
        tokens += leases.map(\.token)
        names += leases.map(\.end)
        for (position, lease) in leases.enumerated() {
          switch (position + round) % 4 {
          case 0: try await bench.complete(lease, metric: Double(position))
          case 1: try await bench.fail(lease)
          case 2: try await bench.store.release(lease.token)
          default: bench.clock.advance(by: 61)
          }
        }
      }
      #expect(tokens.count > 50)
      #expect(Set(tokens).count == tokens.count && Set(names).count == names.count)
    },

    Check("A run does not wait for the dead to show that there is hope") { bench in
      let dead = try await bench.lease(2)
      try await bench.store.release(dead[0].token)
      for _ in 1...2 { _ = try await bench.fail(try await bench.leaseOne()) }
      bench.clock.advance(by: 61)
      guard case .aborted = try await bench.grant() else {
        Issue.record("it waits for the dead worker that had member \(dead[1].member)")
        return
      }
    },
  ]
}
