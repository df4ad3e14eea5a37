internal import PopulationBasedTraining

extension Kind<String> {
  static var metric: Kind { Kind("string", read: { item, _ in metricName(item) }, yaml: yamlText) }
}

private func metricName(_ item: Item) -> String? {
  guard let text = item.text() else { return nil }
  if text.isEmpty { item.wrong("is empty", remedy: "write the name under which the trainer reports it") }
  return text
}

extension Kind<ScoreWindow> {
  static var score: Kind { Kind("`last`, or a window", read: { item, _ in readScoreWindow(item) }, yaml: { $0.yaml }) }

  static var windows: [String] { ["mean", "median", "best", "exponential_mean"] }

  private static func readScoreWindow(_ item: Item) -> ScoreWindow? {
    guard case .mapping = item.content else {
      if case .scalar("last", _) = item.content { return .last }
      let meant: String? =
        if case .scalar(let written, _) = item.content { suggestion(for: written, among: windows) } else { nil }
      item.wrong(
        "must be `last` or a window of evaluations, not \(item.shown)",
        remedy: "write `last`, or for example `{\(meant ?? "mean"): 5}` for the last five")
      return nil
    }
    let section = Section(item, known: windows, kind: "a window of evaluations", prefix: "score.")
    guard let (kind, value) = section?.only("window", example: "score: {mean: 5}") else { return nil }
    // It remembers ten times as many.
    if kind == "exponential_mean" { return value.integer(from: 1, to: 1000).map { .exponentialMean(span: $0) } }
    guard let length = value.integer(from: 1, to: 10_000) else { return nil }
    return kind == "mean" ? .mean(length) : kind == "median" ? .median(length) : .best(length)
  }
}

extension Kind<[Objective]> {
  static var objectives: Kind {
    Kind(
      "list", read: { item, draft in readObjectives(item, beside: draft.metric) }, yaml: { yamlList($0.map(\.yaml)) })
  }

  static var keys: [String] { ["metric", "mode"] }

  private static func readObjectives(_ item: Item, beside selected: String?) -> [Objective]? {
    let example = "[{metric: latency, mode: min}]"
    var seen = Set([selected].compactMap(\.self))
    return item.list(of: 1...100, example: example) { entry in
      let kind = "a key of an objective"
      guard let section = Section(entry, known: keys, kind: kind, prefix: "objectives.") else {
        return nil
      }
      let metric = section.required("metric", remedy: "write for example `\(example)`") { metricName($0) }
      let mode: Rules.Mode? = section.required("mode", remedy: "write `mode: max` or `mode: min`") { $0.word() }
      guard let metric, let mode else { return nil }
      guard seen.insert(metric).inserted else {
        section["metric"]?.wrong(
          "is \(quoted(metric)), which is \(metric == selected ? "the `metric` of the experiment" : "there") already",
          remedy: "name another metric that the trainer reports")
        return nil
      }
      return Objective(metric, mode)
    }
  }
}

extension Kind<[Requirement]> {
  /// The metric that alone orders the members needs no limit; where they have other objectives too, it may have one.
  static var requirements: Kind {
    Kind(
      "list of comparisons",
      read: { item, draft in readRequirements(item, beside: draft.file["objectives"] == nil ? draft.metric : nil) },
      yaml: { yamlList($0.map { yamlText($0.description) }) })
  }

  /// - Parameter selected: the metric that alone orders the members; nothing, if they have other objectives too.
  private static func readRequirements(_ item: Item, beside selected: String?) -> [Requirement]? {
    var seen: [Requirement] = []
    return item.list(of: 1...100, example: "[latency <= 0.1]") { entry in
      guard let requirement = requirement(entry) else { return nil }
      if requirement.metric == selected {
        entry.wrong(
          "limits \(quoted(requirement.metric)), which members are ordered by already",
          remedy: "name another metric that the trainer reports; to stop at a value there is `stop: {target: …}`")
      }
      let others = seen.filter { $0.metric == requirement.metric }
      if others.contains(where: { $0.isAtMost == requirement.isAtMost }) {
        entry.wrong("limits \(quoted(requirement.metric)) on the same side again", remedy: "keep one of them")
      } else if let other = others.first, (other.limit < requirement.limit) == other.isAtMost,
        other.limit != requirement.limit
      {
        entry.wrong("contradicts \(quoted(other.description))", remedy: "leave some room between the two limits")
      }
      seen.append(requirement)
      return requirement
    }
  }

  private static func requirement(_ item: Item) -> Requirement? {
    let example = "latency <= 0.1"
    guard let (metric, sign, written) = item.comparison(by: ["<=", ">="], example: example) else { return nil }
    guard let limit = Scalar(written).asNumber else {
      item.wrong(
        "compares with \(quoted(written)), which is not a number",
        remedy: "write the metric, then the number: `\(example)`")
      return nil
    }
    return Requirement(metric, isAtMost: sign == "<=", limit: limit)
  }
}
