internal import PoptrainJSON
internal import PopulationBasedTraining

/// The hyperparameters as a trainer says that they were really set, to be compared with those that it was given.
struct DeclaredValues {
  /// When they were declared.
  var atFirst: [JSON.Member] = []
  /// When the interval was reported.
  var atEnd: [JSON.Member] = []

  /// A hyperparameter that was not what it was to be.
  fileprivate struct Difference {
    let name: String
    let given: Value
    /// What it was when it was declared, where that is another value.
    var atFirst: JSON?
    /// What it was at the end, where that is another value.
    var atEnd: JSON?
  }

  /// Names all that differ from what was given, with the remedy.
  func check(_ assignment: Assignment) throws(TrainerFailure) {
    var differences: [Difference] = []
    func compare(_ declared: [JSON.Member], _ field: WritableKeyPath<Difference, JSON?>) throws(TrainerFailure) {
      for member in declared {
        guard let given = assignment.hyperparameters[member.name] else {
          throw TrainerFailure(.garbage, "it declared \(member.name), which is not a hyperparameter")
        }
        guard !member.value.isSame(as: given) else { continue }
        let index = differences.firstIndex { $0.name == member.name } ?? differences.endIndex
        if index == differences.endIndex { differences.append(Difference(name: member.name, given: given)) }
        differences[index][keyPath: field] = member.value
      }
    }
    try compare(atFirst, \.atFirst)
    try compare(atEnd, \.atEnd)
    guard !differences.isEmpty else { return }
    let isEndKnown = !atEnd.isEmpty
    let found = differences.map { described($0, isEndKnown: isEndKnown) }.joined(separator: "; ")
    let remedies = remedies(differences, isLoaded: assignment.checkpoint != nil).joined(separator: ". ")
    throw TrainerFailure(.notInForce, "\(found). \(remedies)")
  }

  private func described(_ difference: Difference, isEndKnown: Bool) -> String {
    let (name, given) = (difference.name, difference.given)
    guard let first = difference.atFirst else {
      let last = difference.atEnd?.shown ?? ""
      return "\(name) was applied as given, \(given), at first, but was \(last) at the end of the interval"
    }
    let when =
      switch difference.atEnd {
      case .some(first): " at first and at the end of the interval"
      case .some(let last): " at first, and \(last.shown) at the end of the interval"
      case nil: isEndKnown ? " at first" : ""
      }
    return "\(name) was given as \(given), but \(first.shown) was applied\(when)"
  }

  private func remedies(_ differences: [Difference], isLoaded: Bool) -> [String] {
    let atFirst = differences.filter { $0.atFirst != nil }
    let later = differences.filter { $0.atFirst == nil }
    return (isLoaded ? restored(atFirst) : neverSet(atFirst)) + setAgain(later, isLoaded: isLoaded)
  }

  /// A checkpoint was loaded, and brought other values back.
  private func restored(_ differences: [Difference]) -> [String] {
    var remedies: [String] = []
    var keys: [(key: String, name: String)] = []
    for difference in differences {
      guard let key = difference.optimizerKey, !keys.contains(where: { $0.key == key }) else { continue }
      keys.append((key, difference.name))
    }
    if !keys.isEmpty {
      let settings = keys.map { "group[\"\($0.key)\"] = interval[\"\($0.name)\"]" }.joined(separator: "; ")
      let scheduler =
        keys.contains { $0.key == "lr" }
        ? ". The state of a scheduler, other than a ReduceLROnPlateau, holds the old one too: "
          + DeclaredValues.buildAnew : ""
      remedies.append(
        "A restored optimizer brings the old value back: set the new one after loading, in PyTorch "
          + "`for group in optimizer.param_groups: \(settings)`\(scheduler)")
    }
    let others = differences.filter { $0.optimizerKey == nil }
    if !others.isEmpty {
      remedies.append("What is loaded brings the old value back: set \(others.given) after loading")
    }
    return remedies
  }

  /// Nothing was loaded that could have brought other values.
  private func neverSet(_ differences: [Difference]) -> [String] {
    guard !differences.isEmpty else { return [] }
    let isRate = differences.contains { $0.optimizerKey == "lr" }
    return [
      "Nothing was loaded: \(differences.given) is not what is set"
        + (isRate ? ", or a warm-up has changed it; then \(DeclaredValues.declareBaseRate)" : "")
    ]
  }

  /// They were as given, and did not stay so.
  private func setAgain(_ differences: [Difference], isLoaded: Bool) -> [String] {
    guard !differences.isEmpty else { return [] }
    let isRate = differences.contains { $0.optimizerKey == "lr" }
    let declare = isRate ? DeclaredValues.declareBaseRate : "declare the value that it starts from"
    guard isLoaded else { return ["Nothing was loaded: a schedule of the trainer's own changed it; \(declare)"] }
    return [
      isRate
        ? "Something has set it again, such as a restored scheduler with its next step: load the optimizer and set its rate. "
          + "As for a scheduler's state, \(DeclaredValues.buildAnew). A schedule of the trainer's own may well change it, "
          + "such as a warm-up, a decay or a plateau; then \(declare)"
        : "A restored object or a schedule of the trainer's own has reset it: set it last, or \(declare)"
    ]
  }

  private static let declareBaseRate =
    "declare what the schedule computes from, `lambda: scheduler.base_lrs[0]`; under a OneCycleLR, "
    + "`lambda: optimizer.param_groups[0][\"max_lr\"]`; where there is no such value, as under a ReduceLROnPlateau or in "
    + "Keras, declare the rate itself once it is set, without `lambda:`"

  /// What is right for every scheduler of PyTorch, wherever it keeps its rates.
  private static let buildAnew =
    "do not load it, but set `initial_lr` like `lr`, build the scheduler after that with the new rate, and step it to "
    + "the age of the model, `for _ in range(interval.start): scheduler.step()`. Or let `poptrain.torch.State` load it all"
}

extension DeclaredValues.Difference {
  /// Where optimizers keep such a value, if this looks like one of theirs.
  fileprivate var optimizerKey: String? {
    guard given.asNumber != nil else { return nil }
    let name = name.lowercased()
    let words = name.split { !$0.isLetter }
    if words.contains("lr") || name.contains("learning") || name == "rate" { return "lr" }
    if name.contains("weight_decay") || words.contains("wd") { return "weight_decay" }
    return name.contains("momentum") ? "momentum" : nil
  }
}

extension [DeclaredValues.Difference] {
  /// How a trainer reads the values that it was given.
  fileprivate var given: String { map { "`interval[\"\($0.name)\"]`" }.joined(separator: ", ") }
}

extension JSON {
  /// Whether this is the value that was given, to the precision of a 32-bit float.
  fileprivate func isSame(as given: Value) -> Bool {
    guard let expected = given.asNumber else { return hyperparameterValue == given }
    return double?.isClose(to: expected, within: 0x1p-22) ?? false
  }

  /// For people: numbers that JSON does not have are no texts.
  fileprivate var shown: String {
    if case .text(let text) = self, double != nil { text } else { description }
  }
}
