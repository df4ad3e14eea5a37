internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// Who has copied whom: `poptrain lineage --json`.
package struct LineageExport: Codable, Hashable, Sendable {
  /// A member that joined and has living descendants.
  package struct Ancestor: Codable, Hashable, Sendable {
    /// The member.
    package let member: Member.ID
    /// How many members live from it, itself among them.
    package let living: Int
  }

  /// A member that took over the weights of another.
  package struct Copy: Codable, Hashable, Sendable {
    /// The position in history.
    package let sequence: Int
    /// The member that copied.
    package let member: Member.ID
    /// The member that was copied.
    package let donor: Member.ID
    /// The age of the copied model, in steps.
    package let age: Int
    /// What the member had scored itself; none where it had no score.
    package let score: Double?
    /// What the copied model had scored.
    package let donorScore: Double
    /// The values with which the copy goes on.
    package let hyperparameters: NamedValues
  }

  /// The ancestors of those that live now, the one with the most descendants first.
  package let ancestors: [Ancestor]
  /// Every copy in order.
  package let copies: [Copy]

  /// Lists who has copied whom in a run.
  package init(_ phylogeny: Phylogeny, in run: RecordedRun) {
    let space = run.experiment.rules.space
    ancestors = phylogeny.roots.map { root in
      Ancestor(member: phylogeny.lines[root].member, living: phylogeny.lines[root].living)
    }
    copies = phylogeny.copies.compactMap { decision in
      guard let donor = decision.result.donor else { return nil }
      return Copy(
        sequence: decision.sequence, member: decision.member, donor: donor.member, age: donor.age,
        score: decision.ownScore.map(run.metric), donorScore: run.metric(donor.score),
        hyperparameters: NamedValues(decision.hyperparameters, in: space))
    }
  }
}
