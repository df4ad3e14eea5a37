internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  /// How long a lease lasts, where one store grants them all.
  package static let expiry = [
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
  ]
}
