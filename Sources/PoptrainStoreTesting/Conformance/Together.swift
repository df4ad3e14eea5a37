internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  /// Intervals that ended at one moment.
  package static let together = [
    Check("Intervals that end at one moment are all recorded before anybody decides", .small(size: 4)) { bench in
      let leases = try await bench.lease(.max)
      let reports = leases.map { IntervalReport.trained($0, metric: Double($0.member)) }
      let completions = try await bench.store.complete(reports, then: LeaseRequest(worker: "w", capacity: 9))
      #expect(completions.map { $0?.interval?.member } == leases.map(\.member))
      #expect(completions.dropLast().allSatisfy { $0?.decisions.isEmpty == true && $0?.grant == nil })
      let last = try #require(completions.last ?? nil)
      let saw = try #require(last.interval?.sequence)
      #expect(last.decisions.map(\.member) == [0, 1, 2, 3] && last.decisions.allSatisfy { $0.saw == saw })
      guard case .leases(let next)? = last.grant else {
        Issue.record("nobody is leased again")
        return
      }
      // All copies are as old as who made them.
      #expect(next.allSatisfy { $0.startAge == 10 })
    },

    Check("Who would copy a younger model waits until its donor is as old", .small(size: 2)) { bench in
      let first = try await bench.lease(2)
      try await bench.complete(first[0], metric: 9)
      let donor = try await bench.leaseOne()
      try await bench.complete(first[1], metric: 10)
      // Member 1 has gone ahead, and is worse than a model that has trained half as long.
      let waiting = try await bench.complete(bench.leaseOne(), metric: 1)
      #expect(waiting.interval?.member == 1 && waiting.decisions.isEmpty)
      #expect(await bench.member(1).state == .due)
      guard case .wait = try await bench.grant() else {
        Issue.record("somebody is leased before the donor is as old")
        return
      }
      let decided = try await bench.complete(donor, metric: 9)
      #expect(decided.decisions.map(\.member) == [0, 1])
      #expect(decided.decisions[1].result.donor?.age == 20)
    },

    Check(
      "In the paper's order a younger model is copied at once",
      .small(size: 2, order: .asynchronous(copiesYounger: true))
    ) {
      bench in
      let first = try await bench.lease(2)
      try await bench.complete(first[0], metric: 9)
      _ = try await bench.leaseOne()
      try await bench.complete(first[1], metric: 10)
      let answer = try await bench.complete(bench.leaseOne(), metric: 1)
      #expect(answer.decisions.map(\.result.donor?.age) == [10])
    },

    Check("Of a batch only those count whose leases are live, and repeating it adds nothing") { bench in
      let leases = try await bench.lease(3)
      try await bench.store.release(leases[1].token)
      let reports = leases.map { IntervalReport.trained($0, metric: 1) }
      let completions = try await bench.store.complete(reports, then: nil)
      #expect(completions.map { $0?.interval?.member } == [0, nil, 2])
      let before = try await bench.everything()
      let again = try await bench.store.complete(reports, then: nil)
      #expect(again.map { $0?.interval?.sequence } == completions.map { $0?.interval?.sequence })
      #expect(try await bench.everything() == before)
      #expect(try await bench.store.complete([reports[1]], then: nil)[0] == nil)
    },
  ]

  /// Scores that are not there yet, and values that cannot be trained.
  package static let unscored = [
    Check("An interval may end without a score: its model goes on, and nothing is decided about it") { bench in
      let first = try await bench.leaseOne()
      let report = IntervalReport(token: first.token, result: .trained(steps: 10, metric: nil), startedAt: 0)
      let answer = try await bench.store.complete(report, then: nil)
      #expect(answer.interval?.outcome == .unscored && answer.interval?.score == nil)
      #expect(answer.decisions.map(\.reason) == ["no score yet"])
      let member = await bench.member(0)
      #expect(member.checkpoint == first.end && member.age == 10 && member.published == nil)
    },

    Check("Who reads it again finds how the last interval ended", .small(size: 2)) { bench in
      let lease = try await bench.leaseOne()
      try await bench.complete(lease, metric: .nan)
      guard bench.kind.isOnDisk else { return }
      let again = try await bench.killedAndStartedAgain()
      #expect(await again.member(0).lastOutcome == .diverged)
      #expect(await again.store.population().firstScoredAge == nil)
      try await again.complete(again.leaseOne(), metric: 3)
      let third = try await again.killedAndStartedAgain()
      #expect(await third.store.population().firstScoredAge == 10)
    },

    Check("A round in which nobody has a score is told at its end, once", .small(size: 3)) { bench in
      var warnings: [String?] = []
      for lease in try await bench.lease(3) { warnings.append(try await bench.complete(lease, metric: .nan).warning) }
      for lease in try await bench.lease(3) { warnings.append(try await bench.complete(lease, metric: .nan).warning) }
      #expect(warnings.map { $0 != nil } == [false, false, true, false, false, false])
      #expect(warnings[2]?.hasPrefix("no member has a score after its first interval: score was not a number") == true)
      let events = try await bench.store.records(after: 0).compactMap { record in
        if case .event(let event) = record, case .warning(let message) = event.what { message } else { nil }
      }
      #expect(events == [warnings[2]])
    },

    Check(
      "Values that cannot be trained cost nothing and are drawn anew at once, also where others are waited for",
      .small(size: 2, order: .synchronous)
    ) { bench in
      let leases = try await bench.lease(2)
      let report = IntervalReport(token: leases[0].token, result: .invalid("too deep"), startedAt: 0)
      let answer = try await bench.store.complete(report, then: nil)
      #expect(answer.interval?.outcome == .invalid && answer.interval?.steps == 0)
      #expect(answer.decisions.map(\.result) == [.fresh])
      let again = try await bench.leaseOne()
      #expect(again.member == 0 && again.startSteps == 0 && again.hyperparameters != leases[0].hyperparameters)
    },

    Check("Other values that are drawn in the middle of a round end no run", .withTarget(5)) { bench in
      let leases = try await bench.lease(3)
      try await bench.complete(leases[0], metric: 9)
      let report = IntervalReport(token: leases[1].token, result: .invalid("too deep"), startedAt: 0)
      #expect(try await bench.store.complete(report, then: nil).decisions.map(\.result) == [.fresh])
      #expect(await bench.store.population().ending == nil)
      #expect(try await bench.leaseOne().member == 1)
    },

    Check("A trainer that refuses everything is given up after a hundred draws", .small(size: 1, exploit: .copyNobody))
    {
      bench in
      for _ in 1...100 {
        let lease = try await bench.leaseOne()
        _ = try await bench.store.complete(
          IntervalReport(token: lease.token, result: .invalid("too deep"), startedAt: 0), then: nil)
      }
      guard case .aborted(let reason) = try await bench.grant() else {
        Issue.record("it goes on for ever")
        return
      }
      #expect(reason.contains("refused 100 draws of member 0 in a row, the last because too deep"))
    },

    Check("What a trainer was told of its budget is recorded with each interval") { bench in
      let lease = try await bench.leaseOne()
      #expect(lease.totalSteps == bench.rules.steps)
      let answer = try await bench.complete(lease, metric: 1)
      #expect(answer.interval?.totalSteps == bench.rules.steps)
      let extended = try await bench.revised { $0.steps *= 2 }
      let next = try await extended.complete(extended.leaseOne(), metric: 1)
      #expect(next.interval?.totalSteps == 2 * bench.rules.steps)
      #expect(try await extended.intervals().map(\.totalSteps) == [bench.rules.steps, 2 * bench.rules.steps])
    },
  ]
}

extension Rules {
  /// A synchronous run of three members that ends as soon as one is as good as this.
  fileprivate static func withTarget(_ target: Double) -> Rules {
    var rules = Rules.small(size: 3, order: .synchronous)
    rules.stop.target = target
    return rules
  }
}
