internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  /// Which checkpoints are kept, though nothing refers to them.
  package static let keeping = [
    Check("What live leases are to save is needed, until they end without it") { bench in
      let leases = try await bench.lease(3)
      #expect(try await bench.store.neededCheckpoints() == Set(leases.map(\.end)))
      try await bench.complete(leases[0], metric: 1)
      try await bench.store.release(leases[1].token)
      try await bench.fail(leases[2])
      #expect(try await bench.store.neededCheckpoints() == [leases[0].end])
    },

    Check("What nothing refers to is collected", keep(.needed)) { bench in
      try await bench.trainAll()
      #expect(try await bench.kept() == bench.needed())
    },

    Check("The last of each member are kept, and what is needed", keep(.last(2))) { bench in
      try await bench.trainAll()
      let trained = try await bench.trained()
      let last = Set(trained.values.flatMap { $0.suffix(2) })
      #expect(try await bench.kept() == bench.needed().union(last))
      #expect(trained.values.allSatisfy { $0.count == 4 } && last.count == 8)
    },

    Check("Every checkpoint is kept", keep(.all)) { bench in
      try await bench.trainAll()
      #expect(try await bench.kept().count == 16)
    },

    Check("A run may keep fewer from now on: the others are collected at once", keep(.all)) { bench in
      try await bench.trainAll()
      let fewer = try await bench.revised { $0.keep = .last(1) }
      let last = Set(try await fewer.trained().values.compactMap(\.last))
      #expect(try await fewer.kept() == bench.needed().union(last))
      let least = try await fewer.revised { $0.keep = .needed }
      #expect(try await least.kept() == bench.needed())
    },

    Check("A run may keep more from now on", keep(.needed)) { bench in
      try await bench.trainAll()
      let before = try await bench.kept()
      let more = try await bench.revised {
        $0.keep = .all
        $0.steps = 80
      }
      try await more.trainAll()
      let later = Set(try await more.trained().values.flatMap { $0.dropFirst(4) })
      #expect(try await more.kept() == before.union(later) && later.count == 16)
    },

    Check("A store that is opened again keeps what it kept", keep(.last(2))) { bench in
      for _ in 0..<3 { _ = try await bench.completeGeneration { Double($0.member) } }
      let before = try await bench.kept()
      let again = try await bench.revised { $0.steps = 80 }
      #expect(try await again.kept() == before)
      try await again.trainAll()
      let last = Set(try await again.trained().values.flatMap { $0.suffix(2) })
      #expect(try await again.kept() == again.needed().union(last))
    },
  ]

  private static func keep(_ retention: Rules.Retention) -> Rules {
    var rules = Rules.small()
    rules.keep = retention
    return rules
  }
}

extension Bench {
  /// Trains to the end; scores fall, so that the best of the run is an early one.
  fileprivate func trainAll() async throws {
    while try await !completeGeneration({ Double($0.member - $0.number) }).isEmpty {}
  }

  /// The checkpoints that each member has trained, in order.
  fileprivate func trained() async throws -> [Member.ID: [CheckpointID]] {
    Dictionary(grouping: try await intervals(), by: \.member).mapValues { $0.compactMap(\.end) }
  }

  fileprivate func kept() async throws -> Set<CheckpointID> { try await store.presentCheckpoints() }

  /// What the members and the best of the run refer to.
  fileprivate func needed() async -> Set<CheckpointID> {
    let population = await store.population()
    return Set(population.members.flatMap(\.references) + [population.best?.published.checkpoint].compactMap { $0 })
  }
}
