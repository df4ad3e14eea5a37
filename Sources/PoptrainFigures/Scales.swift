internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PopulationBasedTraining

extension Course {
  /// A scale for scores: around all of them, but where few are far from all others, around these others, so that a start
  /// or a divergence does not make flat all that matters.
  ///
  /// - Parameter kept: what is to be seen in any case.
  static func scoreAxis(_ scores: [Double], keeping kept: [Double] = []) -> (axis: Axis, outside: Int) {
    let sorted = scores.sorted()
    let all = Axis(around: sorted)
    guard all.scale == .linear, sorted.count >= 20, let least = sorted.first, let greatest = sorted.last else {
      return (all, 0)
    }
    let (low, high) = (Thinning.quantile(0.1, of: sorted), Thinning.quantile(0.9, of: sorted))
    let inner = kept + [low - (high - low) / 4, high + (high - low) / 4]
    let (from, to) = (max(inner.min() ?? least, least), min(inner.max() ?? greatest, greatest))
    guard to > from, greatest - least > 2 * (to - from) else { return (all, 0) }
    let axis = Axis(around: [from, to])
    return (axis, sorted.count { $0 < axis.low || $0 > axis.high })
  }

  /// The colours of scores, from one that nine tenths exceed up to the best: a bad start would leave one colour to all others.
  func colours(of scores: [Double]) -> ColourScale {
    let isMax = experiment.rules.mode == .max
    let sorted = scores.sorted { isBetter($1, than: $0) }
    let worst = sorted.isEmpty ? 0 : Thinning.quantile(0.1, of: sorted)
    let (low, high) = isMax ? (worst, sorted.last ?? 1) : (sorted.last ?? 0, max(worst, sorted.last ?? 1))
    return ColourScale(
      label: experiment.metric, axis: Axis(from: low, to: high, scale: Axis.Scale(for: [low, high])),
      isReversed: !isMax, isCut: sorted.first != worst && !sorted.isEmpty)
  }

  /// A scale for the values of a hyperparameter.
  func axis(of hyperparameter: Hyperparameter) -> Axis {
    let values = stretches.compactMap { $0.hyperparameters[hyperparameter.name] }
    let numbers = values.compactMap(\.asNumber)
    guard numbers.count == values.count, !numbers.isEmpty else {
      return Axis(names: names(of: hyperparameter, Set(values)))
    }
    if case .logUniform = hyperparameter.domain { return Axis(closeAround: numbers, scale: .logarithmic) }
    return Axis(closeAround: numbers)
  }

  /// Where a value stands on the scale of its hyperparameter.
  func place(of value: Value, on axis: Axis) -> Double? {
    guard let names = axis.names else { return value.asNumber }
    return names.firstIndex(of: value.description).map(Double.init)
  }

  /// The values in the order of the experiment, then those that it does not have any more.
  private func names(of hyperparameter: Hyperparameter, _ values: Set<Value>) -> [String] {
    let listed: [Value] =
      switch hyperparameter.domain {
      case .ordered(let values), .choice(let values), .perMember(let values): values
      default: []
      }
    let others = values.map(\.description).sorted().filter { name in !listed.contains { $0.description == name } }
    return (listed.map(\.description) + others).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }
}
