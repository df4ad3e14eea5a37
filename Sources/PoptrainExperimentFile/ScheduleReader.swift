internal import PopulationBasedTraining

/// Reads what changes with the age of a model: a mapping of ages to values.
struct ScheduleReader {
  /// How such a mapping looks.
  let example: String

  /// - Parameter values: reads all values; nothing, where one is wrong.
  func schedule(_ item: Item, values: ([Item]) -> [Value]?) -> Schedule? {
    guard case .mapping(let pairs) = item.content, !pairs.isEmpty else {
      item.wrong("must be a mapping of ages to values", remedy: "write for example `\(example)`")
      return nil
    }
    let ages = pairs.compactMap { age($0.key) }
    let values = values(pairs.map(\.value))
    guard ages.count == pairs.count, let values, areGrowing(ages, pairs.map(\.key)) else { return nil }
    return Schedule(zip(ages, values).map { (age: $0, value: $1) })
  }

  /// A key, which counts as text even where no quotes are around it.
  private func age(_ item: Item) -> Int? {
    guard case .scalar(let written, _) = item.content else {
      item.wrong("is \(item.shown)", remedy: "write for example `\(example)`")
      return nil
    }
    guard let age = Scalar(written).asNumber.flatMap(Int.init(exactly:)), age >= 0, age <= 1 << 40 else {
      item.wrong("is \(quoted(written)), which is no age", remedy: "write whole steps, such as `\(example)`")
      return nil
    }
    return age
  }

  private func areGrowing(_ ages: [Int], _ items: [Item]) -> Bool {
    guard ages[0] == 0 else {
      items[0].wrong("is \(ages[0]), and it is the first", remedy: "say what holds from the start: the first age is 0")
      return false
    }
    guard let fall = ages.indices.dropFirst().first(where: { ages[$0] <= ages[$0 - 1] }) else { return true }
    items[fall].wrong("is \(ages[fall]), after \(ages[fall - 1])", remedy: "write the ages in growing order")
    return false
  }
}
