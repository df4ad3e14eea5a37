import PopulationBasedTraining
import PoptrainStore
import Testing

/// What every `PopulationStore` must do, sentence by sentence. A store conforms when every check passes.
enum StoreConformance {
  /// One sentence of the contract.
  struct Check: Sendable, CustomTestStringConvertible {
    let sentence: String
    var rules = Rules.small()
    let body: @Sendable (Bench) async throws -> Void

    init(_ sentence: String, _ rules: Rules = .small(), _ body: @escaping @Sendable (Bench) async throws -> Void) {
      self.sentence = sentence
      self.rules = rules
      self.body = body
    }

    var testDescription: String { sentence }
  }

  static let checks =
    leases + fairness + deadTokens + completing + together + failing + copies + scoring + unscored + deciding + revising
    + ending + changes
}

@Suite("Every store")
struct EveryStore {
  @Test("conforms to the contract", arguments: Bench.Kind.allCases, StoreConformance.checks)
  func conforms(kind: Bench.Kind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }
}
