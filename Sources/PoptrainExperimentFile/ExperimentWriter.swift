internal import PopulationBasedTraining

extension Experiment {
  /// The experiment as a file, with every default filled in. Reading it gives the same experiment.
  package var yaml: String {
    var lines: [String] = []
    var section: String?
    for entry in entries {
      if let name = entry.section, name != section { lines.append("\(name):") }
      section = entry.section
      lines.append(section == nil ? "\(entry.key): \(entry.value)" : "  \(yamlText(entry.key)): \(entry.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line of the file.
  struct Entry {
    /// The key that this one is indented under.
    var section: String?
    var key: String
    /// The value as it is written.
    var value: String
  }

  /// What the file says, in the order in which it is written.
  var entries: [Entry] { Key.all.flatMap { $0.entries(of: self) } }
}

extension Experiment.Workers {
  var yaml: String {
    switch self {
    case .auto: "auto"
    case .count(let count): "\(count)"
    }
  }
}
