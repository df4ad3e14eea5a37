internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let changes = [
    Check("Records are only appended, each with the next sequence, and can be read from anywhere") { bench in
      let start = try await bench.store.records(after: 0)
      _ = try await bench.completeGeneration { Double($0.member) }
      try await bench.store.warn("hm")
      let records = try await bench.store.records(after: 0)
      #expect(records.prefix(start.count).map(text) == start.map(text))
      #expect(records.map(\.sequence) == Array(1...records.count))
      #expect(await bench.store.population().sequence == records.count)
      for after in [3, start.count, records.count - 1, records.count, 1000] {
        #expect(try await bench.store.records(after: after).map(text) == records.dropFirst(after).map(text))
      }
    },

    Check("Who waits for a change that has happened does not wait") { bench in
      _ = try await bench.lease(.max)
      guard case .wait(let version, _) = try await bench.grant() else {
        Issue.record("there was somebody to lease")
        return
      }
      await bench.store.waitForChange(after: version - 1)
    },

    Check("Every call that may give others work wakes those who wait") { bench in
      let leases = try await bench.lease(.max)
      let calls: [@Sendable () async throws -> Void] = [
        { try await bench.complete(leases[0], metric: 1) },
        { try await bench.fail(leases[1]) },
        { try await bench.store.release(leases[2].token) },
        { try await bench.store.end(because: .wallClock) },
      ]
      for call in calls {
        _ = try await bench.lease(.max)
        guard case .wait(let version, _) = try await bench.grant() else {
          Issue.record("there was somebody to lease")
          return
        }
        let waiters = (0..<3).map { _ in Task { await bench.store.waitForChange(after: version) } }
        for _ in 0..<10 { await Task.yield() }
        try await call()
        for waiter in waiters { await waiter.value }
      }
    },

    Check("Who waits is not woken by what gives nobody work") { bench in
      func version() async throws -> Int {
        guard case .wait(let version, _) = try await bench.grant() else { throw NothingToWaitFor() }
        return version
      }
      let leases = try await bench.lease(.max)
      let first = try await version()
      try await bench.store.warn("hm")
      #expect(try await version() == first)
      // It goes on with the member that it has completed.
      let next = LeaseRequest(worker: "worker", capacity: 1)
      let completion = try await bench.complete(leases[0], metric: 1, then: next)
      guard case .leases(let again)? = completion.grant else { throw NothingToWaitFor() }
      #expect(again.map(\.member) == [leases[0].member])
      #expect(try await version() == first)
      try await bench.complete(leases[1], metric: 1)
      #expect(try await bench.lease(.max).map(\.member) == [leases[1].member])
      #expect(try await version() > first)
    },

    Check("Waiting ends when its task is cancelled, before or after it began") { bench in
      _ = try await bench.lease(.max)
      guard case .wait(let version, _) = try await bench.grant() else {
        Issue.record("there was somebody to lease")
        return
      }
      for yields in [0, 1, 20] {
        let waiter = Task { await bench.store.waitForChange(after: version) }
        for _ in 0..<yields { await Task.yield() }
        waiter.cancel()
        await waiter.value
      }
    },

    Check("A call of a cancelled task happens all the same, wholly") { bench in
      let lease = try await bench.leaseOne()
      let call = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await bench.complete(lease, metric: 1)
      }
      #expect(try await call.value.interval?.member == 0)
      #expect(try await bench.intervals().count == 1)
      #expect(try await bench.complete(lease, metric: 1).interval?.member == 0)
    },
  ]
}

private struct NothingToWaitFor: Error {}
