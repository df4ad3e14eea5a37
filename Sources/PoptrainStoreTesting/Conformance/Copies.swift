internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  /// What is not worth trying again.
  package static let copies = [
    Check("What would only fail again is tried once", .small(size: 4, maxFailures: 3)) { bench in
      try await bench.complete(bench.leaseOne(), metric: 1)
      let lease = try await bench.leaseOne()
      var report = FailureReport(lease, "lr was given as 0.5, but 0.1 was applied")
      report.isFinal = true
      let answer = try await bench.store.fail(report)
      #expect(answer.interval?.outcome == .forfeited)
      #expect(answer.interval?.message?.hasPrefix("given up after 1 failed attempt; the last: lr was given") == true)
    },

    Check("Where the first interval breaks the contract, the run is given up at once") { bench in
      var report = FailureReport(try await bench.leaseOne(), "it did not report score")
      report.isFinal = true
      _ = try await bench.store.fail(report)
      #expect(try await bench.grant() == .aborted("no interval has ever completed: 1 attempt of member 0 failed"))
    },

    Check(
      "Where no copy has ever trained, a handful that fail in the same way end the run", .small(size: 4, steps: 1000)
    ) {
      bench in
      // Member 3 is the best and never copies; the others copy it again and again, and cannot go on from its checkpoint.
      var failed = 0
      for _ in 0..<60 {
        guard let lease = try await bench.lease(1).first else { break }
        if lease.donor == nil {
          try await bench.complete(lease, metric: Double(lease.member))
        } else {
          var report = FailureReport(lease, "lr was given as 0.\(failed), but 0.1 was applied")
          report.isFinal = true
          _ = try await bench.store.fail(report)
          failed += 1
        }
      }
      #expect(failed == 5)
      guard case .aborted(let reason) = try await bench.grant() else {
        Issue.record("the run goes on")
        return
      }
      #expect(reason.hasPrefix("no copy has ever trained: attempts of 5 in a row failed for the same reason"))
    },

    Check("That others train shows nothing of copies that cannot", .small(size: 4, steps: 1000)) { bench in
      func fail(_ lease: Lease) async throws {
        var report = FailureReport(lease, "lr was given as 0.5, but 0.1 was applied")
        report.isFinal = true
        _ = try await bench.store.fail(report)
      }
      // Somebody who is no copy trains while the fifth copy fails.
      var (failed, other, fifth) = (0, Lease?.none, Lease?.none)
      for _ in 0..<100 where other == nil || fifth == nil {
        guard let lease = try await bench.lease(1).first else { break }
        if lease.donor != nil, failed == 4 {
          fifth = lease
        } else if lease.donor != nil {
          try await fail(lease)
          failed += 1
        } else if fifth != nil {
          other = lease
        } else {
          try await bench.complete(lease, metric: Double(lease.member))
        }
      }
      try await fail(try #require(fifth))
      try await bench.complete(try #require(other), metric: 3)
      guard case .aborted(let reason) = try await bench.grant() else {
        Issue.record("the run goes on")
        return
      }
      #expect(reason.hasPrefix("no copy has ever trained"))
    },

    Check("A copy that has trained shows that copies can", .small(size: 4, steps: 1000)) { bench in
      var (failed, hasCopied) = (0, false)
      for _ in 0..<60 {
        guard let lease = try await bench.lease(1).first else { break }
        if lease.donor == nil || !hasCopied {
          hasCopied = hasCopied || lease.donor != nil
          try await bench.complete(lease, metric: Double(lease.member))
        } else {
          var report = FailureReport(lease)
          report.isFinal = true
          _ = try await bench.store.fail(report)
          failed += 1
        }
      }
      #expect(hasCopied && failed > 5)
      if case .aborted(let reason) = try await bench.grant() { #expect(!reason.contains("no copy has ever trained")) }
    },

    Check("The last two, when others have finished, may each be bad by itself", .small(size: 4, steps: 10)) { bench in
      let leases = try await bench.lease(4)
      for lease in leases[..<2] { try await bench.complete(lease, metric: 1) }
      for lease in leases[2...] { try await bench.store.release(lease.token) }
      for member in [2, 3] {
        for _ in 1...2 {
          let leases = try await bench.lease(2)
          for lease in leases where lease.member != member { try await bench.store.release(lease.token) }
          for lease in leases where lease.member == member { try await bench.fail(lease) }
        }
      }
      #expect(try await bench.grant() == .finished)
      #expect(try await bench.intervals().map(\.outcome) == [.completed, .completed, .forfeited, .forfeited])
    },
  ]
}
