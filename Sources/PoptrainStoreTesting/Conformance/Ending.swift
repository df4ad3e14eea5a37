internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let ending = [
    Check("At the target nobody is leased any more, but intervals in flight are recorded", .small(target: 5)) { bench in
      let leases = try await bench.lease(3)
      let request = LeaseRequest(worker: "next", capacity: 1)
      #expect(try await bench.complete(leases[0], metric: 5, then: request).grant == .finished)
      #expect(try await bench.grant() == .finished)
      #expect(await bench.store.population().ending == .target)
      for lease in leases.dropFirst() {
        #expect(try await bench.complete(lease, metric: 1, then: request).grant == .finished)
      }
      #expect(try await bench.intervals().count == 3)
      #expect(try await bench.endings() == ["target"])
    },

    Check("A run that was ended stays so; with a better target it goes on where it was", .small(target: 5)) { bench in
      let leases = try await bench.lease(2)
      for lease in leases { try await bench.complete(lease, metric: 5) }
      let same = try await bench.revised { $0.maxFailures = 7 }
      #expect(try await same.grant() == .finished)
      let further = try await same.revised { $0.stop.target = 6 }
      #expect(await further.store.population().ending == nil)
      #expect(try await further.lease(.max).map(\.startSteps) == [0, 0, 10, 10])
    },

    Check("A target that has been reached already ends the run at once") { bench in
      try await bench.complete(bench.leaseOne(), metric: 5)
      let again = try await bench.revised { $0.stop.target = 4 }
      #expect(try await again.grant() == .finished)
      #expect(try await again.endings() == ["target"])
    },

    Check(
      "What ended because nothing improved stays ended, even if an interval in flight improves", .small(stagnation: 1)
    ) {
      bench in
      let leases = try await bench.lease(.max)
      try await bench.complete(leases[0], metric: 1)
      for id in 1...3 { try await bench.complete(leases[id], metric: 0) }
      #expect(await bench.store.population().ending == nil)
      let more = try await bench.lease(2)
      try await bench.complete(more[0], metric: 0)
      #expect(await bench.store.population().ending == .stagnation)
      try await bench.complete(more[1], metric: 9)
      #expect(try await bench.grant() == .finished)
      #expect(await bench.store.population().best?.published.score == 9)
      let further = try await bench.revised { $0.stop.stagnation = 3 }
      #expect(try await !further.lease(1).isEmpty)
    },

    Check(
      "In synchronous order a run ends when all have decided, however many workers there are",
      .small(order: .synchronous, target: 5)
    ) { bench in
      let first = try await bench.leaseOne()
      let request = LeaseRequest(worker: "next", capacity: 1)
      var grant = try await bench.complete(first, metric: 9, then: request).grant
      var answers: [Completion] = []
      while case .leases(let leases) = grant, let lease = leases.first {
        answers.append(try await bench.complete(lease, metric: 1, then: request))
        grant = answers.last?.grant
      }
      #expect(answers.count == 3 && grant == .finished)
      #expect(answers.last?.decisions.count == 4)
      #expect(try await bench.endings() == ["target"])
    },

    Check("A run can be ended from outside, and stays so until it is revised", .small(steps: 20)) { bench in
      let lease = try await bench.leaseOne()
      try await bench.store.end(because: .wallClock)
      try await bench.store.end(because: .target)
      #expect(try await bench.endings() == ["wall_clock"])
      #expect(try await bench.grant() == .finished)
      try await bench.complete(lease, metric: 1)
      #expect(await bench.store.population().ending == .wallClock)
      let again = try await bench.revised { $0.steps = 30 }
      #expect(try await again.lease(.max).count == 4)
    },
  ]
}

extension Bench {
  /// Why the run was ended early, each time.
  fileprivate func endings() async throws -> [String] {
    try await store.records(after: 0).compactMap {
      if case .event(let event) = $0, case .ended(let ending) = event.what { ending.rawValue } else { nil }
    }
  }
}

extension Rules {
  fileprivate static func small(
    steps: Int = 40, order: Order = .asynchronous, target: Double? = nil, stagnation: Int? = nil
  ) -> Rules {
    var rules = small(size: 4, steps: steps, order: order)
    rules.stop = Stop(target: target, stagnation: stagnation)
    return rules
  }
}
