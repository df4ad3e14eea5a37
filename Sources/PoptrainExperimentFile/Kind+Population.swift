internal import PopulationBasedTraining

extension Kind<[Subpopulation]> {
  static var subpopulations: Kind {
    Kind(
      "integer, or a list",
      read: { item, draft in
        guard case .list = item.content else { return equalParts(item, of: draft.populationSize) }
        return parts(item, of: draft.populationSize)
      }, yaml: { $0.yaml })
  }

  static var keys: [String] { ["size", "intervals"] }

  private static func equalParts(_ item: Item, of populationSize: Int?) -> [Subpopulation]? {
    guard let count = item.integer(from: 2, to: 50_000), let populationSize else { return nil }
    let possible = (2...50_000).filter { $0 * 2 <= populationSize && populationSize.isMultiple(of: $0) }
    guard possible.contains(count) else {
      let counts = possible.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
      let half = populationSize / 2
      let sizes = "[{size: \(half)}, {size: \(populationSize - half)}]"
      item.wrong(
        "is \(count), and a `population_size` of \(populationSize) cannot be divided into \(count) equal parts of at least 2 members",
        remedy: half < 2
          ? "two parts need at least 4 members"
          : "write \(counts.isEmpty ? "" : "for example \(counts), or ")the sizes of the parts: `\(sizes)`")
      return nil
    }
    return Array(repeating: Subpopulation(size: populationSize / count), count: count)
  }

  private static func parts(_ item: Item, of populationSize: Int?) -> [Subpopulation]? {
    let example = "[{size: 8}, {size: 8, intervals: 10}]"
    guard let parts = item.list(of: 2...Int.max, example: example, part), let populationSize else { return nil }
    let total = parts.reduce(0) { $0 + $1.size }
    guard total == populationSize else {
      item.wrong(
        "has sizes that add up to \(total), and there are \(populationSize) members",
        remedy: "change the sizes, or write `population_size: \(total)`")
      return nil
    }
    return parts
  }

  private static func part(_ item: Item) -> Subpopulation? {
    let kind = "a key of a part of the population"
    guard let section = Section(item, known: keys, kind: kind, prefix: "subpopulations.") else {
      return nil
    }
    let size = section.required("size", remedy: "write how many members it has: `{size: 8}`") {
      $0.integer(from: 2, to: 100_000)
    }
    let intervals = section.optional("intervals", default: 1) { $0.integer(from: 1, to: 100_000) }
    guard let size, let intervals else { return nil }
    return Subpopulation(size: size, intervals: intervals)
  }
}
