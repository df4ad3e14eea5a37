internal import PoptrainStore

extension RunStore {
  /// Tells people why nothing is recorded while the run's folder does not answer, and when it answers again.
  func tellOutages(_ tell: (String) -> Void) async {
    for await outage in outages {
      if let outage {
        tell("\(outage); trainers go on, and their results are tried again for up to 15 minutes")
      } else {
        tell("the place of the run answers again")
      }
    }
  }
}
