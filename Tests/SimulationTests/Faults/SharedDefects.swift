import Foundation
import PoptrainSharedLog
import PoptrainStore
import PopulationBasedTraining

@testable import PoptrainSimulation

// Logs, and stores of processes that share a log, with one defect each.

extension PlantedDefect {
  static let ofSharedLog = [
    PlantedDefect("a log on which the last writer wins", "I4") { $0.log = { OverwritingLog(base: $0) } },
    PlantedDefect("a log that loses entries", "I4") { $0.log = { LosingLog(base: $0) } },
    PlantedDefect("a log that tells of new beats of the dead", "liveness") { $0.log = { LogOfTheUndead(base: $0) } },
    PlantedDefect("a process has the name of one that was killed", "liveness") {
      $0.name = { String($0.prefix { $0 != "-" }) }
    },
    PlantedDefect(joined: "a superseded token is accepted", "I2") { JoinedWithoutFencing(base: $0, universe: $1) },
    PlantedDefect(joined: "what is given back is given back in memory only", "I3") {
      JoinedWithoutReleasing(base: $0, universe: $1)
    },
    PlantedDefect(joined: "the collector ignores the leases of others", "I2") {
      JoinedGreedily(base: $0, universe: $1)
    },
    PlantedDefect(joined: "a process that folds less than it has read", "I5") {
      JoinedForgetfully(base: $0, universe: $1)
    },
    PlantedDefect("a start removes what others need", "I2") { $0.keeps = { Set($0.sorted().dropFirst()) } },
    PlantedDefect("an interval is recorded whose checkpoint was not published", "I2") {
      $0.checkpoints = { HastyCheckpoints(base: $0) }
    },
  ]

  private init(
    joined description: String, _ invariant: String,
    _ wrap: @escaping @Sendable (LogStore, Universe) -> any PopulationStore
  ) {
    self.init(description, invariant) { $0.joined = wrap }
  }
}

/// Creates an entry though there is one of its number, as a bucket with versions may do.
private struct OverwritingLog: WrappedLog {
  let base: any EntryLog
  private let entries = OneThread<[Int: Data]>([:])

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    _ = try await base.create(number, contents, isDurable: isDurable)
    entries.value[number] = contents
    return true
  }

  func read(_ number: Int) throws(LogFailure) -> Data {
    if let contents = entries.value[number] { return contents }
    return try base.read(number)
  }
}

/// Says of some entries that they were created, and forgets them.
private struct LosingLog: WrappedLog {
  let base: any EntryLog
  private let count = OneThread(0)

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    count.value += 1
    return count.value % 20 == 0 ? true : try await base.create(number, contents, isDurable: isDurable)
  }
}

private struct LogOfTheUndead: WrappedLog {
  let base: any EntryLog
  private let count = OneThread(0)

  func pulse(of process: String) throws(LogFailure) -> Int? {
    count.value += 1
    return count.value
  }
}

/// Takes a report under a lease that was taken over for one under the lease of now.
private struct JoinedWithoutFencing: WrappedStore {
  let base: LogStore
  let universe: Universe
  private let members = OneThread<[String: Member.ID]>([:])

  init(base: LogStore, universe: Universe) {
    self.base = base
    self.universe = universe
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let grant = try await base.lease(request)
    note(grant)
    return grant
  }

  private func note(_ grant: Grant?) {
    if case .leases(let leases)? = grant { for lease in leases { members.value[lease.token] = lease.member } }
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    let reports = reports.map { report in
      var report = report
      let live = universe.watch.leases.leases
      if !live.contains(where: { $0.token == report.token }), let member = members.value[report.token],
        let other = live.first(where: { $0.member == member })
      {
        report.token = other.token
      }
      return report
    }
    let completions = try await base.complete(reports, then: request)
    for completion in completions { note(completion?.grant) }
    return completions
  }
}

private struct JoinedWithoutReleasing: WrappedStore {
  let base: LogStore
  let universe: Universe

  func release(_ token: String) async throws(StoreError) {}
}

private struct JoinedGreedily: WrappedStore {
  let base: LogStore
  let universe: Universe

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    var completions = try await base.complete(reports, then: request)
    let starts = universe.watch.leases.leases.compactMap(\.start).sorted()
    for index in completions.indices { completions[index]?.collected += starts }
    return completions
  }
}

private struct JoinedForgetfully: WrappedStore {
  let base: LogStore
  let universe: Universe

  func population() async -> Population {
    let whole = await base.population()
    return Population(
      rules: whole.rules, members: whole.members.dropLast(), best: whole.best, sequence: whole.sequence,
      completedIntervals: whole.completedIntervals)
  }
}
