import PopulationBasedTraining
import PoptrainStore

@testable import PoptrainSimulation

// Stores with one defect each.

/// Takes a report under a lease that was taken over for one under the lease of now.
final class StoreWithoutFencing: WrappedStore, @unchecked Sendable {
  private var members: [String: Member.ID] = [:]

  override func granted(_ grant: Grant?) {
    super.granted(grant)
    for lease in open.values { members[lease.token] = lease.member }
  }

  override func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    do throws(StoreError) { return try await super.complete(report, then: request) } catch {
      var report = report
      let member = members[report.token]
      for lease in open.values.sorted(by: { $0.token < $1.token }) where lease.member == member {
        report.token = lease.token
        if let completion = try? await super.complete(report, then: request) { return completion }
      }
      throw error
    }
  }
}

/// Tells who repeats a completion that it came too late.
final class ForgetfulStore: WrappedStore, @unchecked Sendable {
  private var completed: Set<String> = []

  override func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    guard !completed.contains(report.token) else { throw .superseded(token: report.token) }
    let completion = try await super.complete(report, then: request)
    completed.insert(report.token)
    return completion
  }
}

/// Lets a lease that was taken over live on.
final class StoreThatRevives: WrappedStore, @unchecked Sendable {
  override func heartbeat(_ token: String) async throws(StoreError) { try? await base.heartbeat(token) }
}

/// Takes members over from workers that are alive.
final class ImpatientStore: WrappedStore, @unchecked Sendable {
  override func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = try await super.lease(request)
    guard case .wait = grant, let victim = open.keys.min() else { return grant }
    open[victim] = nil
    try? await base.release(victim)
    return try await super.lease(request)
  }
}

/// Never takes anything over from the dead.
final class PatientStore: WrappedStore, @unchecked Sendable {
  override func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let waiting = open
    let grant = try await super.lease(request)
    guard case .leases(let leases) = grant, let lease = leases.first,
      waiting.values.contains(where: { $0.member == lease.member })
    else { return grant }
    try await super.release(lease.token)
    open = waiting
    return .wait(version: .max)
  }
}

/// Collects what it should not: what live leases start from, or the best.
final class GreedyCollector: WrappedStore, @unchecked Sendable {
  private let takesBest: Bool

  init(_ base: InMemoryStore, takesBest: Bool) {
    self.takesBest = takesBest
    super.init(base)
  }

  override func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    var completion = try await super.complete(report, then: request)
    let population = await base.population()
    let referred = Set(population.members.flatMap(\.references))
    if takesBest {
      completion.collected += Set([population.best?.published.checkpoint].compactMap { $0 }).subtracting(referred)
    } else {
      completion.collected += open.values.compactMap(\.start).sorted()
    }
    return completion
  }
}

/// Grants values that are out of their range.
final class StoreOutOfRange: WrappedStore, @unchecked Sendable {
  override func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    guard case .leases(var leases) = try await super.lease(request) else { return try await super.lease(request) }
    leases[0].hyperparameters["rate"] = .number(1.25)
    return .leases(leases)
  }
}

/// Answers before what it has done is recorded.
final class HastyStore: WrappedStore, @unchecked Sendable {
  private var isAnswering = false

  override func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    isAnswering = true
    return try await super.complete(report, then: request)
  }

  override func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    guard !isAnswering else {
      isAnswering = false
      return []
    }
    return await base.records(after: sequence)
  }
}

/// Seeds a trainer by who asks.
final class StoreThatSeedsWorkers: WrappedStore, @unchecked Sendable {
  private func seeded(_ grant: Grant) -> Grant {
    guard case .leases(var leases) = grant else { return grant }
    for index in leases.indices { leases[index].seed ^= UInt64(leases[index].worker.utf8.last ?? 0) }
    return .leases(leases)
  }

  override func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    seeded(try await super.lease(request))
  }

  override func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    var completion = try await super.complete(report, then: request)
    completion.grant = completion.grant.map(seeded)
    return completion
  }
}
