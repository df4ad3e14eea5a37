internal import PoptrainExperimentFile
internal import PoptrainRuns
internal import PopulationBasedTraining
internal import PoptrainStore

/// The members with which one was compared when it decided, best first.
struct Compared {
  struct Entry {
    let member: Member.ID
    /// The interval that published the score.
    let row: Int
    let selection: Double
    let age: Double
  }

  /// The most that are listed.
  private static let limit = 100

  /// Those that are listed: the best, the member itself, and its donor.
  let shown: [Entry]
  /// How many there were.
  let count: Int

  init(_ tape: RunTape, _ decision: Decision) {
    let rules = tape.run.experiment.rules
    let end = tape.rows.firstRow(after: decision.saw)
    let part = rules.subpopulation(of: decision.member)
    func last(of member: Member.ID, _ scored: [RunRows.Scored], ageAtMost age: Double = .infinity) -> Entry? {
      let seen = scored[..<scored.partition { $0.row < end }]
      // It may have left its score behind, and have none of its own yet.
      guard let latest = seen.last, tape.isCurrent(latest.row, of: member, at: decision.saw) else { return nil }
      return seen.last { tape.rows.endAge.double($0.row) <= age }.map {
        Entry(member: member, row: $0.row, selection: $0.selection, age: tape.rows.endAge.double($0.row))
      }
    }
    let own = tape.rows.scored[decision.member].flatMap { last(of: decision.member, $0) }
    let oldest = rules.compare == .equalExperience ? own?.age ?? .infinity : .infinity
    let all = tape.rows.scored
      .compactMap { member, scored in
        rules.subpopulation(of: member) == part ? last(of: member, scored, ageAtMost: oldest) : nil
      }
      .sorted { ($1.selection, $0.member) < ($0.selection, $1.member) }
    let wanted = [decision.member, decision.result.donor?.member]
    shown = all.enumerated().filter { $0.offset < Compared.limit || wanted.contains($0.element.member) }.map(\.element)
    count = all.count
  }
}
