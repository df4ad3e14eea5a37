internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let failing = [
    Check("A failed attempt is recorded, and the interval is tried again as it was") { bench in
      try await bench.complete(bench.leaseOne(), metric: 1)
      let lease = try await bench.leaseOne()
      bench.clock.advance(by: 3)
      let answer = try await bench.fail(lease, "killed by signal 9")
      #expect(answer.interval == nil && answer.decisions.isEmpty && answer.grant == nil)
      let records = try await bench.store.records(after: answer.sequence - 1)
      guard case .attempt(let attempt)? = records.first, records.count == 1 else {
        Issue.record("expected one attempt, got \(records)")
        return
      }
      #expect(attempt.member == 1 && attempt.number == 1 && attempt.token == lease.token)
      #expect(attempt.reason == .exited && attempt.message == "killed by signal 9" && attempt.logTail == "last line")
      #expect(attempt.worker == "worker" && attempt.at == bench.clock.now)
      #expect(await bench.member(1).failures == 1)
      let again = try await bench.leaseOne()
      #expect(again.member == 1 && again.number == 1 && again.seed == lease.seed && again.startSteps == 0)
      #expect(again.hyperparameters == lease.hyperparameters && again.end != lease.end)
    },

    Check("A member that fails rests, longer each time, while others are trained", .small(size: 2, maxFailures: 9)) {
      bench in
      func fail(_ lease: Lease) async throws {
        var report = FailureReport(lease, at: bench.clock.now)
        report.backoff = .standard
        _ = try await bench.store.fail(report)
      }
      // Where nothing has ever worked there is nothing to wait for.
      try await fail(bench.leaseOne())
      var (first, second) = (try await bench.leaseOne(), try await bench.leaseOne())
      #expect(first.member == 0 && second.member == 1)
      try await bench.complete(first, metric: 1)
      first = try await bench.leaseOne()
      for seconds in [1.0, 4, 16, 60, 60] {
        try await fail(second)
        guard case .wait(_, seconds) = try await bench.grant() else {
          Issue.record("it does not rest for \(seconds) s")
          return
        }
        // The other member is trained meanwhile.
        try await bench.store.release(first.token)
        first = try await bench.leaseOne()
        #expect(first.member == 0)
        bench.clock.advance(by: seconds)
        try await bench.store.heartbeat(first.token)
        second = try await bench.leaseOne()
        #expect(second.member == 1)
      }
    },

    Check("A completed interval takes the failures of its member away") { bench in
      try await bench.complete(bench.leaseOne(), metric: 1)
      for _ in 0..<3 {
        try await bench.fail(bench.leaseOne())
        let lease = try await bench.leaseOne()
        #expect(lease.member == 1)
        try await bench.complete(lease, metric: 1, steps: 0)
        #expect(await bench.member(1).failures == 0)
      }
      #expect(try await bench.intervals().allSatisfy { $0.outcome != .forfeited })
    },

    Check("After too many failures the interval is forfeited, its steps are credited, and the member is replaced") {
      bench in
      let good = try await bench.leaseOne()
      try await bench.complete(good, metric: 1)
      try await bench.fail(bench.leaseOne(), "first")
      let last = try await bench.leaseOne()
      let answer = try await bench.fail(last, "second")
      let interval = try #require(answer.interval)
      #expect(interval.outcome == .forfeited && interval.member == 1 && interval.number == 1)
      #expect(interval.token == nil && interval.end == nil && interval.score == nil)
      #expect(interval.steps == 10 && interval.endAge == 0)
      #expect(interval.message == "given up after 2 failed attempts; the last: second")
      #expect(answer.decisions.map(\.result.donor?.checkpoint) == [good.end])
      let member = await bench.member(1)
      #expect(member.state == .ready && member.steps == 10 && member.age == 10 && member.failures == 0)
      #expect(member.checkpoint == good.end && member.published == nil && member.intervals == 1)
    },

    Check("Where no interval has ever completed, too many failures abort the run") { bench in
      for attempt in 1...2 {
        let lease = try await bench.leaseOne()
        #expect(lease.member == 0)
        let answer = try await bench.fail(lease)
        #expect(answer.interval == nil && answer.decisions.isEmpty, "attempt \(attempt)")
      }
      guard case .aborted(let reason) = try await bench.grant() else {
        Issue.record("the run goes on")
        return
      }
      #expect(reason == "no interval has ever completed: 2 attempts of member 0 failed")
      #expect(try await bench.intervals().isEmpty)
      #expect(try await bench.grant() == .aborted(reason))
    },

    Check("A run is not aborted while others are training, nor once one has completed") { bench in
      let others = try await bench.lease(2)
      try await bench.store.release(others[0].token)
      for _ in 1...2 { _ = try await bench.fail(try await bench.leaseOne()) }
      guard case .wait = try await bench.grant() else {
        Issue.record("it does not wait for who is training")
        return
      }
      let request = LeaseRequest(worker: "w", capacity: 1)
      guard case .leases = try await bench.complete(others[1], metric: 1, then: request).grant else {
        Issue.record("it does not go on")
        return
      }
    },

    Check("Members that are given up for one cause abort the run, and cost no more than the first") { bench in
      for lease in try await bench.lease(2) { try await bench.complete(lease, metric: 1) }
      for member in [2, 3] {
        for _ in 1...2 {
          let leases = try await bench.lease(2)
          for lease in leases where lease.member != member { try await bench.store.release(lease.token) }
          for lease in leases where lease.member == member { try await bench.fail(lease) }
        }
      }
      guard case .aborted(let reason) = try await bench.grant() else {
        Issue.record("the run goes on")
        return
      }
      #expect(reason.contains("not theirs alone"))
      #expect(try await bench.intervals().map(\.outcome) == [.completed, .completed, .forfeited])
    },

    Check("Members whose processes end with other statuses have not failed for one cause") { bench in
      for lease in try await bench.lease(2) { try await bench.complete(lease, metric: 1) }
      for member in [2, 3] {
        for _ in 1...2 {
          let leases = try await bench.lease(2)
          for lease in leases where lease.member != member { try await bench.store.release(lease.token) }
          for lease in leases where lease.member == member {
            var report = FailureReport(lease, "exited with status \(member)")
            report.exitStatus = member
            _ = try await bench.store.fail(report)
          }
        }
      }
      #expect(try await !bench.lease(.max).isEmpty)
    },

    Check("A reason that only another version knows is kept") { bench in
      var report = FailureReport(try await bench.leaseOne())
      report.reason = FailureReason(rawValue: "lost in space")
      _ = try await bench.store.fail(report)
      let reasons = try await bench.store.records(after: 0).compactMap { record in
        if case .attempt(let attempt) = record { attempt.reason } else { nil }
      }
      #expect(reasons == [.other("lost in space")] && reasons.first?.rawValue == "lost in space")
    },

    Check("Where the rule copies nobody, a member that is given up has failed", .small(size: 2, exploit: .copyNobody)) {
      bench in
      let leases = try await bench.lease(.max)
      try await bench.complete(leases[0], metric: 1)
      let answer = try await bench.complete(leases[1], metric: .nan)
      #expect(answer.decisions.map(\.result) == [.fail])
      #expect(await bench.member(1).state == .failed)
      #expect(await bench.member(1).published == nil)
      let last = try await bench.leaseOne()
      #expect(last.member == 0)
      // Nobody has a score now: it may come later.
      #expect(try await bench.complete(last, metric: .nan).decisions.map(\.result) == [.stay])
      try await bench.fail(bench.leaseOne())
      #expect(try await bench.fail(bench.leaseOne()).decisions.map(\.result) == [.fail])
      #expect(try await bench.store.lease(LeaseRequest(worker: "w", capacity: 1)) == .finished)
    },

    Check("Where nobody is scored, a member without a score starts afresh with other values") { bench in
      try await bench.complete(bench.leaseOne(), metric: .nan)
      let lease = try await bench.leaseOne()
      try await bench.fail(lease)
      let answer = try await bench.fail(bench.leaseOne())
      #expect(answer.interval?.outcome == .forfeited && answer.decisions.map(\.result) == [.fresh])
      let member = await bench.member(1)
      #expect(member.state == .ready && member.checkpoint == nil && member.age == 0 && member.steps == 10)
      #expect(member.hyperparameters["learning_rate"] != lease.hyperparameters["learning_rate"])
      #expect(member.hyperparameters["fold"] == lease.hyperparameters["fold"])
    },

    Check("A warning is recorded and changes nothing else") { bench in
      let members = await bench.store.population().members
      let before = await bench.store.population().sequence
      try await bench.store.warn("dropout was never read")
      guard case .event(let event)? = try await bench.store.records(after: before).first else {
        Issue.record("nothing was recorded")
        return
      }
      #expect(event.what == .warning("dropout was never read") && event.sequence == before + 1)
      #expect(await bench.store.population().members == members)
    },

    Check("Text with a zero byte is kept to its end") { bench in
      try await bench.complete(bench.leaseOne(), metric: 1)
      try await bench.fail(bench.leaseOne(), "garbage \0 and more")
      try await bench.store.warn("zero \0 byte")
      let details = try await bench.store.records(after: 0).compactMap { record in
        switch record {
        case .attempt(let attempt): attempt.message
        case .event(let event) where event.kind == .warning: event.what.detail
        default: nil
        }
      }
      #expect(details == ["garbage \u{2400} and more", "zero \u{2400} byte"])
    },
  ]

  package static let scoring =
    [Double.nan, .infinity, -.infinity].map { metric in
      Check("The metric \(metric) is no score: the member is replaced at once and publishes nothing") { bench in
        let leases = try await bench.lease(.max)
        try await bench.complete(leases[0], metric: 0.5)
        let answer = try await bench.complete(leases[1], metric: metric)
        let interval = try #require(answer.interval)
        #expect(interval.outcome == .diverged && interval.score == nil && interval.end == leases[1].end)
        #expect(interval.message == "the metric is \(metric)")
        #expect(answer.decisions.map(\.result.donor?.checkpoint) == [leases[0].end])
        #expect(answer.collected == [leases[1].end] && answer.best == leases[0].end)
        let member = await bench.member(1)
        #expect(member.published == nil && member.checkpoint == leases[0].end && member.failures == 0)
        #expect(await bench.store.population().scoredCount == 1)
      }
    } + [
      Check("Where smaller is better, the score is the metric negated", .small(mode: .min)) { bench in
        let completions = try await bench.completeGeneration { [3, 1, 2, 4][$0.member] }
        #expect(completions.map { $0.interval?.score } == [-3, -1, -2, -4])
        let population = await bench.store.population()
        #expect(population.best?.member == 1 && population.best?.published.score == -1)
        // Member 3 is the worst and copies the best.
        #expect(completions[3].decisions.first?.result.donor?.member == 1)
      }
    ]
}
