extension Rules {
  /// Where a member that has trained `steps` is ready next: at the next multiple of the interval, or at the end of its
  /// budget. A partial interval thus does not move it, nor does a rollout that overshoots.
  ///
  /// Jaderberg et al. 2017, section 3: a member is ready when enough steps have passed since it was last ready.
  public func nextReady(after steps: Int) -> Int {
    min((steps / interval + 1) * interval, self.steps)
  }
}
