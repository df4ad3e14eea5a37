package import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

/// What every `PopulationStore` must do, sentence by sentence. A store conforms when every check passes.
package enum StoreConformance {
  /// One sentence of the contract.
  package struct Check: Sendable, CustomTestStringConvertible {
    package let sentence: String
    package var rules = Rules.small()
    package let body: @Sendable (Bench) async throws -> Void

    init(_ sentence: String, _ rules: Rules = .small(), _ body: @escaping @Sendable (Bench) async throws -> Void) {
      self.sentence = sentence
      self.rules = rules
      self.body = body
    }

    package var testDescription: String { sentence }
  }

  /// For a store that grants all leases of its run.
  package static let checks = expiry + checksOfOneOfSeveral

  /// For a store beside others of the same run, whose leases do not expire by its clock.
  package static let checksOfOneOfSeveral =
    leases + fairness + deadTokens + completing + together + failing + copies + scoring + unscored + deciding + revising
    + ending + changes + keeping
}
