extension Rules {
  /// Where a member that has trained `steps` is ready next: an interval further, or at the end of its budget.
  ///
  /// Jaderberg et al. 2017, section 3: a member is ready when enough steps have passed since it was last ready.
  public func nextReady(after steps: Int) -> Int {
    min(steps + interval, self.steps)
  }
}
