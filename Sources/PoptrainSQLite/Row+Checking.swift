internal import GRDB
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

// Reads columns without trusting them: a database may be damaged, or changed by hand. GRDB's own subscripts trap.
extension Row {
  func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
    guard let value: Value = try optional(column) else { throw damage(column) }
    return value
  }

  func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
    guard hasColumn(column) else { throw damage(column) }
    let stored: DatabaseValue = self[column]
    guard !stored.isNull else { return nil }
    guard let value = Value.fromDatabaseValue(stored) else { throw damage(column) }
    return value
  }

  func count(_ column: String) throws -> Int {
    guard let count = try optionalCount(column) else { throw damage(column) }
    return count
  }

  func optionalCount(_ column: String) throws -> Int? {
    guard let count: Int = try optional(column) else { return nil }
    guard (0...HistoryRecord.largestCount).contains(count) else { throw damage(column) }
    return count
  }

  func finite(_ column: String) throws -> Double? {
    guard let number: Double = try optional(column) else { return nil }
    guard number.isFinite else { throw damage(column) }
    return number
  }

  /// Seconds since 1970.
  func time(_ column: String) throws -> Double {
    let seconds: Double = try value(column)
    guard (-1e12...1e12).contains(seconds) else { throw damage(column) }
    return seconds
  }

  /// The name of a checkpoint, which becomes a part of paths.
  func checkpoint(_ column: String) throws -> CheckpointID? {
    guard let name: String = try optional(column) else { return nil }
    guard name.isFileName, !name.hasPrefix("."), name.utf8.count <= 255 else { throw damage(column) }
    return CheckpointID(name)
  }

  var logSegment: LogSegment? {
    get throws {
      guard let file: String = try optional("log_file") else { return nil }
      let (from, to) = (try count("log_from"), try count("log_to"))
      guard from <= to, file.isFileName else { throw damage("log_file") }
      return LogSegment(file: file, bytes: from..<to)
    }
  }

  func json(_ column: String) throws -> JSON {
    let text: String = try value(column)
    do { return try JSON.parse(text) } catch { throw damage(column) }
  }

  /// Hyperparameters: every one of the space, with a value that it may have.
  func hyperparameters(in space: Space) throws -> Hyperparameters {
    let values = try json("hyperparameters").hyperparameters(in: space)
    for hyperparameter in space.hyperparameters {
      guard let value = values[hyperparameter.name], hyperparameter.domain.contains(value) else {
        throw damage("hyperparameters")
      }
    }
    return values
  }

  func decoded<Name: RawRepresentable<String>>(_ column: String) throws -> Name {
    guard let name = Name(rawValue: try value(column)) else { throw damage(column) }
    return name
  }

  func optionalDecoded<Name: RawRepresentable<String>>(_ column: String) throws -> Name? {
    try optional(column) as String? == nil ? nil : try decoded(column)
  }

  func damage(_ column: String) -> StoredDamage {
    let id =
      ["sequence", "id", "interval"].first(where: hasColumn).map { " \($0) \(self[$0] as DatabaseValue)," } ?? ""
    return StoredDamage(
      "row\(id) column \(column): \(hasColumn(column) ? "\(self[column] as DatabaseValue)" : "missing")")
  }
}

/// What is wrong with the contents of a database.
struct StoredDamage: Error {
  let what: String

  init(_ what: String) { self.what = what }
}

extension String {
  /// Whether it is one part of a path; by bytes, since a slash that an accent follows is another character.
  fileprivate var isFileName: Bool { !isEmpty && !utf8.contains(UInt8(ascii: "/")) && !utf8.contains(0) }
}
