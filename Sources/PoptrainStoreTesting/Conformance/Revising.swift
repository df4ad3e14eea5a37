internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let revising = [
    Check("With a larger budget those that were done decide at once, on the same population", .small(steps: 10)) {
      bench in
      _ = try await bench.completeGeneration { Double($0.member) }
      #expect(try await bench.grant() == .finished)
      #expect(try await bench.decisions().allSatisfy { $0.ordinal == 0 })
      let again = try await bench.revised { $0.steps = 30 }
      let decisions = try await again.decisions().filter { $0.ordinal > 0 }
      #expect(decisions.map(\.member) == [0, 1, 2, 3] && Set(decisions.map(\.saw)).count == 1)
      #expect(decisions.map(\.result.donor?.member) == [3, nil, nil, nil])
      let leases = try await again.lease(.max)
      #expect(leases.map(\.startSteps) == [10, 10, 10, 10] && leases.map(\.steps) == [10, 10, 10, 10])
      #expect(leases[0].start == leases[3].start)
    },

    Check(
      "In synchronous order those that were done wait for those that are not", .small(steps: 10, order: .synchronous)
    ) { bench in
      for lease in try await bench.lease(3) { try await bench.complete(lease, metric: Double(lease.member)) }
      let again = try await bench.revised { $0.steps = 20 }
      #expect(try await again.decisions().allSatisfy { $0.ordinal == 0 })
      let last = try await again.leaseOne()
      #expect(last.member == 3 && last.startSteps == 0)
      #expect(try await again.complete(last, metric: 3).decisions.map(\.member) == [0, 1, 2, 3])
    },

    Check("What was extended has the history of what had the larger budget from the start", .small(order: .synchronous))
    {
      bench in
      func rest(of bench: Bench) async throws -> [String] {
        while try await !bench.completeGeneration({ trained($0) }).isEmpty {}
        return try await bench.intervals().map {
          "\($0.member) \($0.startSteps) \(text($0.hyperparameters)) \($0.seed)"
        }
      }
      let short = try await Bench(bench.kind, .small(steps: 20, order: .synchronous))
      _ = try await rest(of: short)
      let extended = try await rest(of: short.revised { $0.steps = 40 })
      #expect(try await extended == rest(of: bench) && extended.count == 16)
    },

    Check("With a smaller budget nobody trains beyond it, and with a larger one again it goes on") { bench in
      for _ in 0..<2 { _ = try await bench.completeGeneration { Double($0.member) } }
      let cut = try await bench.revised { $0.steps = 15 }
      #expect(try await cut.grant() == .finished)
      #expect(await cut.store.population().ending == .budget)
      let longer = try await cut.revised { $0.steps = 40 }
      while try await !longer.completeGeneration({ Double($0.member) }).isEmpty {}
      #expect(await longer.store.population().members.allSatisfy { $0.steps == 40 && $0.state == .done })
    },

    Check("Live leases end") { bench in
      let leases = try await bench.lease(2)
      let again = try await bench.revised { $0.steps = 50 }
      for lease in leases {
        await #expect(throws: StoreError.superseded(token: lease.token)) { try await again.complete(lease, metric: 1) }
      }
      #expect(try await again.lease(.max).map(\.member) == [0, 1, 2, 3])
    },

    Check("Who joins a population at work copies at once, and goes on where the least advanced is") { bench in
      for lease in try await bench.lease(3) { try await bench.complete(lease, metric: Double(lease.member)) }
      _ = try await bench.completeGeneration { Double($0.member) }
      let again = try await bench.revised { $0.populationSize = 6 }
      let decisions = try await again.decisions()
      let joined = decisions.suffix(4)
      #expect(joined.map(\.member) == [4, 5, 4, 5] && joined.map(\.ordinal) == [0, 0, 1, 1])
      let least = try #require(await again.store.population().members.prefix(4).map(\.steps).min())
      for id in [4, 5] {
        let member = await again.member(id)
        #expect(member.steps == least && member.checkpoint != nil && member.state == .ready)
      }
    },

    Check("Who joins a finished run trains a budget of its own, or with a larger budget what is left of it") { bench in
      while try await !bench.completeGeneration({ Double($0.member) }).isEmpty {}
      let grown = try await bench.revised { $0.populationSize = 5 }
      let lease = try await grown.leaseOne()
      #expect(lease.member == 4 && lease.startSteps == 0 && lease.startAge == 40)
      let extended = try await grown.revised {
        $0.populationSize = 6
        $0.steps = 60
      }
      #expect(await extended.store.population().members.map(\.steps) == [40, 40, 40, 40, 0, 0])
    },

    Check("Where nobody copies, who joins begins fresh", .small(exploit: .copyNobody)) { bench in
      _ = try await bench.completeGeneration { Double($0.member) }
      let again = try await bench.revised { $0.populationSize = 5 }
      let lease = try await again.leaseOne()
      #expect(lease.member == 4 && lease.start == nil && lease.startSteps == 0 && lease.startAge == 0)
      #expect(lease.hyperparameters["fold"] == .integer(4))
    },

    Check("The worst leave, and their checkpoints are collected; the best ever is kept") { bench in
      let leases = try await bench.lease(.max)
      for lease in leases { try await bench.complete(lease, metric: Double(lease.member)) }
      let best = leases[3].end
      // The best has become the worst since.
      _ = try await bench.completeGeneration { Double(-$0.member) }
      let smaller = try await bench.revised { $0.populationSize = 2 }
      let population = await smaller.store.population()
      #expect(population.size == 2 && population.members.count == 4)
      #expect(population.members[3].state == .retired && population.members[3].references.isEmpty)
      #expect(population.best?.published.checkpoint == best)
      let records = try await smaller.store.records(after: 0)
      let collected = Set(records.compactMap { if case .collection(_, let name) = $0 { name } else { nil } })
      #expect(!collected.contains(best))
      let made = Set(try await smaller.intervals().compactMap(\.end))
      #expect(made.subtracting(collected) == Set(population.members.flatMap(\.references) + [best]))
    },

    Check("Ids go on: who joins after others have left is new") { bench in
      _ = try await bench.completeGeneration { Double($0.member) }
      let smaller = try await bench.revised { $0.populationSize = 2 }
      let larger = try await smaller.revised { $0.populationSize = 4 }
      let population = await larger.store.population()
      #expect(population.members.map(\.id) == [0, 1, 2, 3, 4, 5] && population.size == 4)
      #expect(population.count(.retired) == 2)
      while try await !larger.completeGeneration({ Double($0.member) }).isEmpty {}
      #expect(await larger.store.population().count(.done) == 4)
    },

    Check("Fewer than the rule compares, or one alone, train on to the end", .small(size: 6, exploit: .truncation(0.2)))
    {
      bench in
      _ = try await bench.completeGeneration { Double($0.member) }
      let three = try await bench.revised { $0.populationSize = 3 }
      #expect(try await three.completeGeneration { Double($0.member) }.count == 3)
      let one = try await three.revised { $0.populationSize = 1 }
      while try await !one.completeGeneration({ Double($0.member) }).isEmpty {}
      let population = await one.store.population()
      #expect(population.size == 1 && population.ending == .budget && population.members[5].state == .done)
    },

    Check("When those leave for whom others wait, the others decide", .small(order: .synchronous)) { bench in
      for lease in try await bench.lease(3) { try await bench.complete(lease, metric: Double(lease.member)) }
      let smaller = try await bench.revised { $0.populationSize = 3 }
      #expect(await smaller.member(3).state == .retired)
      #expect(try await smaller.decisions().filter { $0.ordinal > 0 }.map(\.member) == [3, 0, 1, 2])
      #expect(try await smaller.lease(.max).map(\.member) == [0, 1, 2])
    },
  ]
}

/// A trainer: a function of the hyperparameters, the steps and the seed.
private func trained(_ lease: Lease) -> Double {
  (lease.hyperparameters["learning_rate"]?.asNumber ?? 0) + Double(lease.seed % 1009) / 1009
}
