internal import PopulationBasedTraining

extension Kind<Rules.Retention> {
  static var retention: Kind {
    Kind("`needed`, `last N` or `all`", read: { item, _ in readRetention(item) }, yaml: { $0.yaml })
  }

  private static func readRetention(_ item: Item) -> Rules.Retention? {
    if case .scalar(let written, _) = item.content {
      let words = written.split(separator: " ")
      if words == ["needed"] { return .needed }
      if words == ["all"] { return .all }
      if words.count == 2, words[0] == "last", case .integer(1...) = Scalar(String(words[1])),
        let count = Scalar(String(words[1])).asNumber
      {
        return .last(Int(count))
      }
    }
    item.wrong(
      "must be `needed`, `all` or `last` with a number, not \(item.shown)",
      remedy: "write for example `keep: last 3`, for the last three checkpoints that each member has trained")
    return nil
  }
}

extension Rules.Retention {
  fileprivate var yaml: String {
    switch self {
    case .needed: "needed"
    case .last(let count): "last \(count)"
    case .all: "all"
    }
  }
}
