internal import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

extension StoreConformance {
  package static let fairness = [Rules.Order.asynchronous, .synchronous].map { order in
    Check(
      "Eight members on three workers of one speed are never more than an interval apart, and all end: \(order)",
      .small(size: 8, order: order)
    ) { bench in
      var held: [Lease] = []
      while true {
        let grant = try await bench.grant(3 - held.count)
        if grant == .finished { break }
        if case .leases(let leases) = grant { held += leases }
        let lease = held.removeFirst()
        try await bench.complete(lease, metric: Double(lease.seed % 100))
        let steps = await bench.store.population().members.map(\.steps)
        #expect(steps.allSatisfy { $0 <= lease.startSteps + 10 && $0 >= lease.startSteps }, "\(steps)")
      }
      #expect(await bench.store.population().members.allSatisfy { $0.state == .done && $0.steps == 40 })
    }
  }
}
