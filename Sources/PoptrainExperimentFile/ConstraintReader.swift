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

/// Reads `constraints`, and checks that members can start with values that satisfy them.
struct ConstraintReader {
  /// The names of all hyperparameters in the file.
  let names: [String]
  /// Those of them that are right.
  let space: Space
  /// How many members there are; nothing, if that is wrong.
  let populationSize: Int?
  /// The experiment's seed, which decides where members start.
  let seed: UInt64

  /// How many members and draws are tried. A part of the draws that is too small for these is too small for all.
  private static let trials = 1000

  func constraints(_ item: Item) -> [Constraint]? {
    var read: [(item: Item, constraint: Constraint)] = []
    let constraints = item.list(of: 1...100, example: "[low < high]") { entry in
      guard let constraint = constraint(entry) else { return Constraint?.none }
      read.append((entry, constraint))
      return constraint
    }
    guard let constraints else { return nil }
    requireStarts(read, item)
    return constraints
  }

  private func constraint(_ item: Item) -> Constraint? {
    let signs = Constraint.Comparison.allCases.map(\.rawValue)
    guard let (left, sign, right) = item.comparison(by: signs, example: "low < high"),
      let comparison = Constraint.Comparison(rawValue: sign)
    else { return nil }
    guard Scalar(left).asNumber == nil else {
      item.wrong("begins with a number", remedy: "write the hyperparameter first, then the number")
      return nil
    }
    guard isComparable(left, item) else { return nil }
    if let number = Scalar(right).asNumber { return Constraint(left, comparison, .number(number)) }
    guard left != right else {
      item.wrong("compares \(quoted(left)) with itself", remedy: "compare two hyperparameters")
      return nil
    }
    return isComparable(right, item) ? Constraint(left, comparison, .hyperparameter(right)) : nil
  }

  /// Whether a name stands for numbers that can be compared; reports why not.
  private func isComparable(_ name: String, _ item: Item) -> Bool {
    guard names.contains(name) else {
      let known = space.hyperparameters.prefix(50).map(\.name)
      item.findings.addUnknown(name, at: item.place, isNot: "a hyperparameter", known: known)
      return false
    }
    guard let domain = space[name]?.domain else { return false }
    switch domain {
    case .uniform, .logUniform, .oneMinus, .integer: return true
    case .ordered(let values), .choice(let values):
      if values.allSatisfy({ $0.asNumber != nil }) { return true }
    case .fixed(let value):
      if value.asNumber != nil { return true }
    case .perMember, .scheduled:
      item.wrong(
        "compares \(quoted(name)), which no draw can change",
        remedy: "compare searched hyperparameters, with each other or with constants")
      return false
    }
    item.wrong("compares \(quoted(name)), which is not always a number", remedy: "compare numbers only")
    return false
  }

  // MARK: Where members start

  private func requireStarts(_ constraints: [(item: Item, constraint: Constraint)], _ whole: Item) {
    let names = Set(constraints.flatMap(\.constraint.names))
    let involved = space.hyperparameters.filter { names.contains($0.name) }
    let free = Space(involved)
    let draws = (0..<Self.trials).map { free.sample(member: $0, ordinal: 0, seed: seed) }
    let impossible = constraints.filter { !draws.contains(where: $0.constraint.holds) }
    for (item, constraint) in impossible {
      let starts = constraint.names.compactMap { free[$0] }.map { ($0.name, $0.start) }
      if starts.allSatisfy({ $0.1 != nil }) {
        let values = starts.map { "\(quoted($0.0)) is \($0.1?.description ?? "")" }.joined(separator: " and ")
        item.wrong("is broken where every member starts: \(values)", remedy: "change the constraint, or these values")
      } else {
        item.wrong(
          "is not satisfied by any of \(Self.trials) random draws",
          remedy: "change it, or the ranges, so that a fair share of draws satisfies it")
      }
    }
    guard impossible.isEmpty, let populationSize else { return }
    let bound = Space(involved, constraints: constraints.map(\.constraint))
    let stuck = (0..<min(populationSize, Self.trials)).first {
      !bound.allows(bound.sample(member: $0, ordinal: 0, seed: seed))
    }
    if let stuck {
      whole.wrong(
        "are satisfied together by \(draws.count(where: bound.allows)) of \(Self.trials) draws; member \(stuck) found no "
          + "values to start with in as many",
        remedy: "change them, or the ranges, so that a good part of the draws satisfies all of them")
    }
  }
}

extension Constraint {
  /// The hyperparameters that it compares.
  fileprivate var names: [String] {
    if case .hyperparameter(let other) = operand { [name, other] } else { [name] }
  }
}

extension Hyperparameter {
  /// Where every member starts; nothing, where that is drawn.
  fileprivate var start: Value? {
    if case .fixed(let value) = domain { value } else { initial }
  }
}
