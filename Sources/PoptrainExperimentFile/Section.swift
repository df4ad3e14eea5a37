/// A mapping of the file with known keys.
struct Section {
  /// The mapping itself.
  let item: Item
  /// The known keys that are there, in the order of the file, with the places of the keys.
  let entries: [(key: String, place: Place, value: Item)]
  /// Whether some key is not known; it has been reported.
  let hasUnknownKeys: Bool
  private let positions: [String: Int]

  /// Reads the keys of a mapping; reports what is not a mapping, and every key that is not known.
  ///
  /// - Parameters:
  ///   - known: the keys; nothing, if any name will do.
  ///   - kind: completes the message "`x` is not …".
  ///   - prefix: what stands before the key where a message names the value.
  init?(_ item: Item, known: [String]?, kind: String, prefix: String = "") {
    guard case .mapping(let pairs) = item.content else {
      item.wrong(
        "must be a mapping of keys to values, not \(item.shown)",
        remedy: known.map { "give one or more of: \($0.joined(separator: ", "))" }
          ?? "write `name: value` on indented lines")
      return nil
    }
    var entries: [(key: String, place: Place, value: Item)] = []
    var positions: [String: Int] = [:]
    var hasUnknownKeys = false
    for (key, value) in pairs {
      guard case .scalar(let name, _) = key.content else {
        key.wrong("is \(key.shown)", remedy: "a key must be a name")
        hasUnknownKeys = true
        continue
      }
      if let known, !known.contains(name) {
        item.findings.addUnknown(name, at: key.place, isNot: kind, known: known)
        hasUnknownKeys = true
        continue
      }
      guard positions.updateValue(entries.count, forKey: name) == nil else {
        item.findings.add(at: key.place, "\(quoted(name)) appears more than once", remedy: "keep one of them")
        continue
      }
      entries.append((name, key.place, value.named("`\(prefix)\(name)`")))
    }
    self.item = item
    self.entries = entries
    self.hasUnknownKeys = hasUnknownKeys
    self.positions = positions
  }

  /// The value of a key.
  subscript(key: String) -> Item? {
    positions[key].map { entries[$0].value }
  }

  /// Where a key stands.
  func place(of key: String) -> Place? {
    positions[key].map { entries[$0].place }
  }

  /// Reads the value of a key that must be there.
  func required<T>(_ key: String, remedy: String, _ read: (Item) -> T?) -> T? {
    guard let value = self[key] else {
      item.findings.add(at: item.place, "`\(key)` is missing", remedy: remedy)
      return nil
    }
    return read(value)
  }

  /// Reads the value of a key, or takes the default if the key is not there; nothing, if the value is wrong.
  func optional<T>(_ key: String, default standard: T, _ read: (Item) -> T?) -> T? {
    guard let value = self[key] else { return standard }
    return read(value)
  }

  /// The name under which a value stands that has two names; reports where it stands under both.
  func key(_ key: String, or other: String) -> String {
    if self[key] != nil, let place = place(of: other) {
      item.findings.add(
        at: place, "`\(other)` is another name for `\(key)`, which is there too", remedy: "remove one of them")
    }
    return self[key] == nil && self[other] != nil ? other : key
  }

  /// The only entry of a mapping that must have one.
  func only(_ noun: String, example: String) -> (key: String, value: Item)? {
    guard let entry = entries.first, entries.count == 1 else {
      if !hasUnknownKeys { item.wrong("must name one \(noun)", remedy: "write for example `\(example)`") }
      return nil
    }
    return (entry.key, entry.value)
  }
}
