import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Testing

/// An entry that was changed by hand, or by a broken disk, is told: nothing is folded from it, and nobody crashes.
@Suite struct DamagedLogTests {
  private let rules = Rules.small(steps: 40)

  /// A change of the interval, or of the lease, of an entry.
  struct Damage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    let change: @Sendable (_ interval: inout [String: Any], _ lease: inout [String: Any]) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout [String: Any], inout [String: Any]) -> Void) {
      testDescription = name
      self.change = change
    }
  }

  static let damages = [
    Damage("a member that there is not") { interval, _ in interval["member"] = 99 },
    Damage("more steps than can be added") { interval, _ in interval["steps"] = Int.max },
    Damage("steps that were taken back") { interval, _ in interval["steps"] = -5 },
    Damage("another number") { interval, _ in interval["number"] = 7 },
    Damage("no hyperparameters") { interval, _ in interval["hyperparameters"] = [String: Any]() },
    Damage("a field that is missing") { interval, _ in interval["seed"] = nil },
    Damage("a lease of a member that there is not") { _, lease in lease["member"] = 99 },
  ]

  @Test(arguments: damages) func `A changed entry is told`(damage: Damage) async throws {
    let (sound, changed) = (try TemporaryFolder(), try TemporaryFolder())
    let store = try await open(sound.log)
    guard case .leases(let leases) = try await store.lease(LeaseRequest(worker: "a", capacity: 1)) else {
      return #expect(Bool(false), "nobody was leased")
    }
    let next = LeaseRequest(worker: "a", capacity: 1)
    _ = try await store.complete([.trained(leases[0], metric: 1)], then: next)
    let last = try sound.log.last()
    for number in 1..<last { _ = try changed.log.create(number, sound.log.read(number), isDurable: false) }
    var lines = try sound.log.read(last).split(separator: UInt8(ascii: "\n")).map { Data($0) }
    lines[lines.count - 1] = try damaged(lines[lines.count - 1], damage)
    let contents = lines.reduce(into: Data()) { $0 += $1 + [UInt8(ascii: "\n")] }
    _ = try changed.log.create(last, contents, isDurable: false)

    await #expect { try await open(changed.log) } throws: { isOf(changed.log, $0) }
    let database = SharedLogDatabase(changed.log, copies: changed.path + "/copies") { _ in rules }
    #expect { try database.history(space: rules.space) } throws: { isOf(changed.log, $0) }
  }

  private func open(_ log: FolderLog) async throws -> LogStore {
    try await LogStore(
      RunOpening(
        rules: rules, experiment: "name: test", folder: "/trainer", isDurable: false,
        surroundings: Ledger.Surroundings(process: "a")),
      in: log, clock: StoppedClock(), rules: { _ in rules })
  }

  private func isOf(_ log: FolderLog, _ error: any Error) -> Bool {
    if case .damaged(log.description, _)? = error as? StoreError { true } else { false }
  }

  private func damaged(_ line: Data, _ damage: Damage) throws -> Data {
    var entry = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    var delta = try #require(entry["delta"] as? [String: Any])
    var records = try #require(delta["records"] as? [[String: Any]])
    var granted = try #require(delta["granted"] as? [[String: Any]])
    let place = try #require(records.firstIndex { $0["interval"] != nil })
    var interval = try #require((records[place]["interval"] as? [String: Any])?["_0"] as? [String: Any])
    damage.change(&interval, &granted[0])
    records[place] = ["interval": ["_0": interval]]
    (delta["records"], delta["granted"]) = (records, granted)
    entry["delta"] = delta
    return try JSONSerialization.data(withJSONObject: entry)
  }
}
