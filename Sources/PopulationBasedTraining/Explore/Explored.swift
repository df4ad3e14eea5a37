extension Rules {
  /// What the explore rule makes of values that a member has copied.
  ///
  /// - Parameter ordinal: the number of the decision, from 1.
  public func explored(_ inherited: Hyperparameters, member: Member.ID, ordinal: Int) -> Hyperparameters {
    ExploreRules.make(explore).explore(inherited, ExploreContext(member: member, ordinal: ordinal, rules: self))
  }
}
