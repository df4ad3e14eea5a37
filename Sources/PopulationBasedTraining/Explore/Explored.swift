extension Population {
  /// What the explore rules make of values that a member has copied. Values that break a constraint are made again.
  ///
  /// O(h) for h hyperparameters, times the attempts that broke a constraint, of which there are at most a thousand.
  ///
  /// - Parameters:
  ///   - inherited: the values before, those of the donor among them.
  ///   - member: the member that explores.
  ///   - ordinal: the number of the decision, from 1.
  ///   - startScore: the score of the model that will train under them, where it is known.
  ///   - decided: what others decided together with the member, before it.
  ///   - fallback: values that satisfy every constraint, for where nothing else does.
  public func explored(
    _ inherited: Hyperparameters, member: Member.ID, ordinal: Int, startScore: Double? = nil, decided: [Decision] = [],
    fallback: Hyperparameters
  ) -> Hyperparameters {
    let explored = rules.space.hyperparameters.filter { $0.domain.isSearched && !$0.isStructural }
    let choices = Set(explored.map { $0.explore ?? rules.explore })
    let made = rules.space.firstAllowed { attempt in
      choices.reduce(into: inherited) { values, choice in
        let own = explored.filter { ($0.explore ?? rules.explore) == choice }
        let context = ExploreContext(
          member: member, ordinal: ordinal, population: self, explored: own, startScore: startScore, decided: decided,
          attempt: attempt)
        let moved = ExploreRules.make(choice).explore(inherited, context)
        for hyperparameter in own { values[hyperparameter.name] = moved[hyperparameter.name] }
      }
    }
    if made.isAllowed { return made.values }
    return rules.space.allows(inherited) ? inherited : fallback
  }
}
