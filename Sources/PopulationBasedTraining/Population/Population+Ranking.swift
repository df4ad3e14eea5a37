extension Population {
  /// The scored members of a part of it by what they last published.
  ///
  /// O(1) where the score decides, O(m n²) with m objectives. The other rankings cost the same, plus O(n log n) at equal experience.
  public func ranking(ofSubpopulation subpopulation: Int) -> Ranking {
    ranked(rankings[subpopulation])
  }

  /// All scored members by what they last published.
  public var ranking: Ranking { ranked(everyone) }

  /// The members with which one competes: those of its own part of the population, compared as the rules say.
  public func ranking(for member: Member) -> Ranking {
    ranked(compared(rankings[rules.subpopulation(of: member.id)], with: member))
  }

  /// All members, compared as the rules say that one compares itself.
  public func rankingOfAll(for member: Member) -> Ranking {
    ranked(compared(everyone, with: member))
  }

  /// The scored members that nobody dominates, by rank: the Pareto front. With one objective, those with the best
  /// score.
  ///
  /// O(m n²), where few are in the front O(m n).
  public var front: [Member.ID] {
    let entries = ranking.entries
    return entries.filter { entry in !entries.contains { $0.dominates(entry) } }.map(\.member)
  }

  private var everyone: SortedArray<Ranking.Entry> {
    guard rankings.count > 1 else { return rankings[0] }
    return SortedArray(rankings.flatMap(\.elements))
  }

  private func ranked(_ entries: SortedArray<Ranking.Entry>) -> Ranking {
    rules.objectives.isEmpty ? Ranking(byScore: entries) : Ranking(byDominance: entries.elements)
  }

  /// What the members of a ranking are compared by: the latest of each, or that at the age of one of them.
  private func compared(
    _ latest: SortedArray<Ranking.Entry>, with member: Member
  ) -> SortedArray<Ranking.Entry> {
    guard rules.compare == .equalExperience, let own = member.published else { return latest }
    return SortedArray(
      latest.elements.compactMap { entry in
        members[entry.member].scores.last { $0.age <= own.age }
          .map { Ranking.Entry(entry.member, $0, tie: entry.tie) }
      })
  }
}
