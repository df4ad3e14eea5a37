import PopulationBasedTraining
import PoptrainStore

@testable import PoptrainSimulation

// Stores with one defect each.

/// Takes a report under a lease that was taken over for one under the lease of now.
struct StoreWithoutFencing: WrappedTrackedStore {
  let base: TrackedStore

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    do throws(StoreError) { return try await base.complete(report, then: request) } catch {
      var report = report
      let member = base.leases.members[report.token]
      for lease in base.leases.open.values.sorted(by: { $0.token < $1.token }) where lease.member == member {
        report.token = lease.token
        if let completion = try? await base.complete(report, then: request) { return completion }
      }
      throw error
    }
  }
}

/// Tells who repeats a completion that it came too late.
struct ForgetfulStore: WrappedTrackedStore {
  let base: TrackedStore
  private let completed = OneThread<Set<String>>([])

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    guard !completed.value.contains(report.token) else { throw .superseded(token: report.token) }
    let completion = try await base.complete(report, then: request)
    completed.value.insert(report.token)
    return completion
  }
}

/// Lets a lease that was taken over live on.
struct StoreThatRevives: WrappedTrackedStore {
  let base: TrackedStore

  func heartbeat(_ token: String) async throws(StoreError) { try? await base.heartbeat(token) }
}

/// Takes members over from workers that are alive.
struct ImpatientStore: WrappedTrackedStore {
  let base: TrackedStore

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = try await base.lease(request)
    guard case .wait = grant, let victim = base.leases.open.keys.min() else { return grant }
    base.leases.open[victim] = nil
    try? await base.release(victim)
    return try await base.lease(request)
  }
}

/// Never takes anything over from the dead.
struct PatientStore: WrappedTrackedStore {
  let base: TrackedStore

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let waiting = base.leases.open
    let grant = try await base.lease(request)
    guard case .leases(let leases) = grant, let lease = leases.first,
      waiting.values.contains(where: { $0.member == lease.member })
    else { return grant }
    try await base.release(lease.token)
    base.leases.open = waiting
    return .wait(version: .max)
  }
}

/// Collects what it should not: what live leases start from, or the best.
struct GreedyCollector: WrappedTrackedStore {
  let base: TrackedStore
  let takesBest: Bool

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    var completion = try await base.complete(report, then: request)
    let population = await base.population()
    let referred = Set(population.members.flatMap(\.references))
    if takesBest {
      completion.collected += Set([population.best?.published.checkpoint].compactMap { $0 }).subtracting(referred)
    } else {
      completion.collected += base.leases.open.values.compactMap(\.start).sorted()
    }
    return completion
  }
}

/// Grants values that are out of their range.
struct StoreOutOfRange: WrappedTrackedStore {
  let base: TrackedStore

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    guard case .leases(var leases) = try await base.lease(request) else { return try await base.lease(request) }
    leases[0].hyperparameters["rate"] = .number(1.25)
    return .leases(leases)
  }
}

/// Answers before what it has done is recorded.
struct HastyStore: WrappedTrackedStore {
  let base: TrackedStore
  private let isAnswering = OneThread(false)

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    isAnswering.value = true
    return try await base.complete(report, then: request)
  }

  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    guard !isAnswering.value else {
      isAnswering.value = false
      return []
    }
    return try await base.records(after: sequence)
  }
}

/// Seeds a trainer by who asks.
struct StoreThatSeedsWorkers: WrappedTrackedStore {
  let base: TrackedStore

  private func seeded(_ grant: Grant) -> Grant {
    guard case .leases(var leases) = grant else { return grant }
    for index in leases.indices { leases[index].seed ^= UInt64(leases[index].worker.utf8.last ?? 0) }
    return .leases(leases)
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    seeded(try await base.lease(request))
  }

  func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    var completion = try await base.complete(report, then: request)
    completion.grant = completion.grant.map(seeded)
    return completion
  }
}

/// Writes something else into history than has happened.
struct LyingStore: WrappedTrackedStore {
  let base: TrackedStore
  let change: @Sendable (inout HistoryRecord) -> Void

  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await base.records(after: sequence).map { record in
      var record = record
      change(&record)
      return record
    }
  }
}
