import ExperimentFile
import PopulationBasedTraining

extension Experiment {
  /// Why a run has ended, in words.
  func words(for ending: Population.Ending) -> String {
    switch ending {
    case .budget: "every member has trained its \(counted(rules.steps, "step"))"
    case .target: "reached \(metric) \(rules.stop.target.map { "\($0)" } ?? "")"
    case .stagnation: "no better score in \(counted(rules.stop.stagnation ?? 0, "interval")) per member"
    case .wallClock: "the wall_clock of \(wallClock?.shown ?? "") is over"
    }
  }

  /// What lets it go on from there.
  func remedy(for ending: Population.Ending) -> String {
    switch ending {
    case .budget: "a larger --steps"
    case .target: "a better `target` under `stop` in the experiment file"
    case .stagnation: "a larger `stagnation` under `stop` in the experiment file"
    case .wallClock: "a longer `wall_clock` under `stop` in the experiment file"
    }
  }
}
