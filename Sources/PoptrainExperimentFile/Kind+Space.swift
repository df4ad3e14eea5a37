internal import PopulationBasedTraining

extension Kind<Space> {
  static var constraints: Kind {
    Kind(
      "list of comparisons",
      read: { item, draft in
        guard let section = draft.sections["hyperparameters"] else { return nil }
        let rules = draft.experiment.rules
        let reader = ConstraintReader(
          names: section.entries.map(\.key), space: rules.space, populationSize: draft.populationSize, seed: rules.seed)
        return reader.constraints(item).map { Space(rules.space.hyperparameters, constraints: $0) }
      }, yaml: { yamlList($0.constraints.map { yamlText($0.description) }) })
  }
}

extension Draft {
  /// Reads `hyperparameters`; says no where that is not even a mapping.
  mutating func readHyperparameters(_ item: Item) -> Bool {
    guard let section = Section(item, known: nil, kind: "a hyperparameter") else { return false }
    sections["hyperparameters"] = section
    let reader = HyperparameterReader(populationSize: reader.isRecorded ? nil : populationSize)
    experiment.rules.space = Space(reader.hyperparameters(section))
    return true
  }
}
