import Foundation
import PopulationBasedTraining
@testable import PoptrainSQLite
import PoptrainStore
import PoptrainStoreTesting

extension SQLiteStore {
  static func open(
    in folder: TemporaryFolder, _ rules: Rules, experiment: String = Bench.experiment, file: String? = nil,
    clock: ManualClock = ManualClock(), tokens: TokenSource = TokenSource(), isDurable: Bool = false
  ) async throws -> SQLiteStore {
    let surroundings = Ledger.Surroundings(
      monotonicNow: { clock.now }, wallNow: { clock.now }, makeToken: { tokens.next() })
    return try await SQLiteStore(
      RunOpening(
        rules: rules, experiment: experiment, file: file, folder: "/trainer", isDurable: isDurable,
        surroundings: surroundings),
      path: folder.database)
  }
}

extension TemporaryFolder {
  var database: String { path + "/population.sqlite" }
}
