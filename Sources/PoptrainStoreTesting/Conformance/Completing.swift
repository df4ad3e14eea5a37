internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let completing = [
    Check("A completion records the interval with all that the worker knows") { bench in
      let lease = try await bench.leaseOne()
      let started = bench.clock.now
      bench.clock.advance(by: 5)
      let report = IntervalReport(
        token: lease.token, result: .trained(steps: 12, metric: 0.5),
        metrics: ["score": 0.5, "loss": .nan, "naïve \"name\"": -.infinity],
        evaluations: [Evaluation(age: 3, metrics: ["score": 0.25]), Evaluation(age: 7, metrics: ["loss": .infinity])],
        log: LogSegment(file: "worker.log", bytes: 10..<20), startedAt: started)
      let answer = try await bench.store.complete(report, then: nil)
      let interval = try #require(try await bench.intervals().first)
      #expect(text(interval) == text(try #require(answer.interval)))
      #expect(interval.member == 0 && interval.number == 1 && interval.outcome == .completed && interval.kind == .train)
      #expect(interval.start == nil && interval.end == lease.end && interval.token == lease.token)
      #expect(interval.startSteps == 0 && interval.steps == 12 && interval.startAge == 0 && interval.endAge == 12)
      #expect(interval.hyperparameters == lease.hyperparameters && interval.seed == lease.seed)
      #expect(interval.score == 0.5 && interval.tie == bench.rules.tie(member: 0, steps: 0))
      #expect(text(interval.metrics) == text(report.metrics))
      #expect(interval.evaluations == report.evaluations && interval.log == report.log)
      #expect(interval.worker == "worker" && interval.message == nil)
      #expect(interval.startedAt == started && interval.finishedAt == started + 5)
    },

    Check("A completion moves its member on and publishes its score") { bench in
      let lease = try await bench.leaseOne()
      let answer = try await bench.complete(lease, metric: 0.5)
      let member = await bench.member(0)
      #expect(member.state == .ready && member.steps == 10 && member.age == 10 && member.intervals == 1)
      #expect(member.checkpoint == lease.end)
      #expect(member.published?.score == 0.5 && member.published?.checkpoint == lease.end)
      #expect(member.published?.sequence == answer.interval?.sequence)
      #expect(answer.best == lease.end && answer.grant == nil)
      #expect(answer.sequence == (await bench.store.population().sequence))
    },

    Check("A repeated completion gets the recorded interval, grants nothing and changes nothing") { bench in
      let lease = try await bench.leaseOne()
      let first = try await bench.complete(lease, metric: 0.5)
      try await bench.complete(bench.leaseOne(), metric: 0.7)
      let before = try await bench.everything()
      // Even when it says something else this time.
      let second = try await bench.complete(lease, metric: 99, then: LeaseRequest(worker: "worker", capacity: 4))
      #expect(second.interval == first.interval)
      #expect(second.decisions.isEmpty && second.collected.isEmpty && second.grant == nil)
      #expect(try await bench.everything() == before)
      #expect(second.best == (await bench.store.population().best?.published.checkpoint))
    },

    Check("A completion may grant the next lease") { bench in
      let lease = try await bench.leaseOne()
      let answer = try await bench.complete(lease, metric: 1, then: LeaseRequest(worker: "other", capacity: 2))
      guard case .leases(let next) = answer.grant else {
        Issue.record("no lease was granted: \(text(answer.grant))")
        return
      }
      #expect(next.map(\.member) == [1, 2])
      #expect(next.allSatisfy { $0.worker == "other" })
      #expect(try await bench.lease(.max).map(\.member) == [3, 0])
    },

    Check("A completion says why it grants no lease") { bench in
      let leases = try await bench.lease(.max)
      var last: Grant?
      for _ in 0..<4 {
        for lease in leases { try await bench.store.heartbeat(lease.token) }
      }
      for lease in leases {
        last = try await bench.complete(lease, metric: 1, steps: 40, then: LeaseRequest(worker: "w", capacity: 1)).grant
        guard lease.member < 3 else { break }
        guard case .wait = last else {
          Issue.record("expected to wait, got \(text(last))")
          return
        }
      }
      #expect(last == .finished)
    },

    Check("A partial interval changes only what is next") { bench in
      let completed = try await bench.leaseOne()
      try await bench.complete(completed, metric: 0.5)
      let published = await bench.member(0).published
      let lease = try #require(try await bench.lease(.max).first { $0.member == 0 })
      let answer = try await bench.complete(lease, metric: 0.9, steps: 4)
      #expect(answer.interval?.outcome == .partial && answer.interval?.score == 0.9)
      #expect(answer.decisions.isEmpty && answer.collected.isEmpty)
      #expect(answer.best == completed.end)
      let member = await bench.member(0)
      #expect(member.state == .ready && member.steps == 14 && member.age == 14 && member.decisions == 1)
      #expect(member.checkpoint == lease.end && member.published == published)
      let next = try await bench.leaseOne()
      #expect(next.start == lease.end && next.number == 3 && next.startSteps == 14 && next.startAge == 14)
    },

    Check("Invalid hyperparameters end the interval of a copy without a checkpoint, and it is replaced at no cost") {
      bench in
      // The last of a first round copies.
      _ = try await bench.completeGeneration { -Double($0.member) }
      let lease = try await bench.lease(.max).first { $0.donor != nil }
      let copy = try #require(lease)
      let answer = try await bench.store.complete(
        IntervalReport(token: copy.token, result: .invalid("the width is odd"), startedAt: 0), then: nil)
      let interval = try #require(answer.interval)
      #expect(interval.outcome == .invalid && interval.message == "the width is odd")
      #expect(interval.end == nil && interval.score == nil && interval.steps == 0 && interval.endAge == copy.startAge)
      #expect(answer.decisions.map(\.result.donor?.checkpoint) == [copy.start])
      let member = await bench.member(copy.member)
      #expect(member.steps == 10 && member.age == 10 && member.checkpoint == copy.start && member.published == nil)
    },

    Check("Checkpoints to which nothing refers any more are named once, and never those of the best interval") {
      bench in
      let first = try await bench.leaseOne()
      try await bench.complete(first, metric: 9)
      let others = try await bench.lease(3)
      for lease in others { try await bench.complete(lease, metric: 5) }
      let second = try await bench.leaseOne()
      #expect(second.member == 0)
      let worse = try await bench.complete(second, metric: 1)
      #expect(!worse.collected.contains(first.end) && worse.best == first.end, "it is still the best")
      let third = try await bench.leaseOne()
      let better = try await bench.complete(third, metric: 10)
      #expect(better.collected.contains(first.end) && better.best == third.end)
      let collected = try await bench.store.records(after: 0).compactMap { record in
        if case .collection(_, let checkpoint) = record { checkpoint } else { nil }
      }
      #expect(Set(collected).count == collected.count && collected.contains(first.end))
    },
  ]
}
