internal import PopulationBasedTraining

/// A difference between two experiments.
package struct Change: Hashable, Sendable, CustomStringConvertible {
  /// The key in the experiment file, such as `steps` or `hyperparameters.learning_rate`.
  package var key: String
  /// What the file said; nothing, where the key is new.
  package var old: String?
  /// What it says now; nothing, where the key is gone.
  package var new: String?
  /// Whether a run may go on with it: it changes how the trainer is run, or how long, and not what is compared with what.
  package var isSafe: Bool

  /// `steps: 1800 -> 3600`.
  package var description: String {
    "\(key): \(old ?? "(none)") -> \(new ?? "(none)")"
  }
}

extension Experiment {
  /// What differs from another experiment, in the order of the file.
  package func changes(from old: Experiment) -> [Change] {
    let before = Dictionary(uniqueKeysWithValues: old.entries.map { ($0.name, $0.value) })
    let after = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) })
    let gone = old.entries.filter { after[$0.name] == nil }
    return (entries + gone).filter { before[$0.name] != after[$0.name] }.map {
      Change(key: $0.name, old: before[$0.name], new: after[$0.name], isSafe: isSafe($0, after: old))
    }
  }

  /// Whether a run may go on with another value of an entry. Parts of a population keep their sizes; values per member may be
  /// added or taken away at the end.
  private func isSafe(_ entry: Entry, after old: Experiment) -> Bool {
    if entry.section == "hyperparameters",
      case (.perMember(let before), .perMember(let after)) = (
        old.rules.space[entry.key]?.domain, rules.space[entry.key]?.domain
      )
    {
      return after.starts(with: before) || before.starts(with: after)
    }
    return Key.all.contains { $0.name == entry.section ?? entry.key && $0.isSafe }
      && (entry.key != "population_size" || rules.subpopulations.isEmpty)
  }
}

extension Experiment.Entry {
  /// The key with its section.
  fileprivate var name: String {
    section.map { "\($0).\(key)" } ?? key
  }
}
