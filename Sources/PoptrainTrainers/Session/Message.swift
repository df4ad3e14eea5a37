package import PoptrainJSON
internal import PopulationBasedTraining

/// What a session trainer says.
package enum TrainerMessage {
  case hello(client: String, capacity: Int)
  case progress(interval: String, age: Int?)
  case log(interval: String, age: Int?, metrics: [String: Double])
  case done(interval: String, JSON)
  case failed(interval: String, String, isBreach: Bool)
  case invalid(interval: String, String)

  /// Reads one line.
  package init(line: [UInt8]) throws(TrainerFailure) {
    let json: JSON
    do { json = try JSON.parse(line) } catch {
      throw TrainerFailure(.garbage, "it sent a line that is not JSON (\(error)): \(quoted(line))")
    }
    guard let type = json["type"]?.text else {
      throw TrainerFailure(.garbage, "it sent a message without a type: \(quoted(line))")
    }
    if type == "hello" {
      let client = json["client"]?.text ?? ""
      guard json["protocol"]?.integer == Release.trainerProtocol else {
        let spoken = "it speaks version \(json["protocol"] ?? .null) of the protocol, not \(Release.trainerProtocol)"
        throw TrainerFailure(.garbage, spoken + (Release.mismatch(client: client).map { ": \($0)" } ?? ""))
      }
      let capacity = json["capacity"] ?? .integer(1)
      guard let members = capacity.integer, members >= 1 else {
        throw TrainerFailure(.garbage, "its capacity is \(capacity), not a number of members")
      }
      self = .hello(client: client, capacity: members)
      return
    }
    guard let interval = json["interval"]?.text else {
      if type == "failed", json["retry"] == .boolean(false) {
        throw TrainerFailure(.contract, json["message"]?.text ?? "")
      }
      throw TrainerFailure(.garbage, "it sent a message that names no interval: \(quoted(line))")
    }
    switch type {
    case "progress":
      self = .progress(interval: interval, age: try age(in: json, line))
    case "log":
      self = .log(interval: interval, age: try age(in: json, line), metrics: json["metrics"]?.metrics ?? [:])
    case "done":
      self = .done(interval: interval, json)
    case "failed":
      let isBreach = json["retry"] == .boolean(false)
      self = .failed(interval: interval, json["message"]?.text ?? "", isBreach: isBreach)
    case "invalid":
      self = .invalid(interval: interval, json["message"]?.text ?? "")
    default:
      throw TrainerFailure(.garbage, "it sent a message of an unknown type: \(quoted(line))")
    }
  }
}

extension TrainerMessage {
  /// The interval that it names.
  var interval: String? {
    switch self {
    case .hello: nil
    case .progress(let interval, _), .log(let interval, _, _), .done(let interval, _), .failed(let interval, _, _),
      .invalid(let interval, _):
      interval
    }
  }
}

/// The age in a message, where it has one.
private func age(in message: JSON, _ line: [UInt8]) throws(TrainerFailure) -> Int? {
  guard let step = message["step"], step != .null else { return nil }
  guard let age = step.integer, (0...HistoryRecord.largestCount).contains(age) else {
    throw TrainerFailure(.garbage, "it sent a `step` that is no age: \(quoted(line))")
  }
  return age
}

/// The beginning of a line, for people.
func quoted(_ line: [UInt8]) -> String {
  let text = String(decoding: line.prefix(200), as: UTF8.self)
  let printable = text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "·" : String($0) }
  return "“\(printable.joined())”" + (line.count > 200 ? "… (\(line.count) bytes)" : "")
}

/// The lines that are sent to a session trainer.
enum JSONLine {
  /// The message that asks for intervals.
  ///
  /// - Parameter held: the intervals that the process has in memory as it saved them.
  static func train(_ batch: [Assignment], held: Set<String>, in space: Space) -> [UInt8] {
    JSON.object([
      "type": .text("train"),
      "intervals": .array(
        batch.map { assignment in
          .object([
            "id": .text(assignment.id),
            "member": .integer(assignment.member),
            "number": .integer(assignment.number),
            "kind": .text(assignment.kindName),
            "start": .integer(assignment.ages.lowerBound),
            "stop": .integer(assignment.ages.upperBound),
            "total_steps": .integer(assignment.totalSteps),
            "member_steps": .integer(assignment.memberSteps),
            "donor": assignment.donor.map(JSON.integer) ?? .null,
            "seed": .integer(Int(assignment.seed)),
            "hyperparameters": JSON(assignment.hyperparameters, in: space),
            "checkpoint": assignment.checkpoint.map(JSON.text) ?? .null,
            "parent": assignment.parent.map(JSON.text) ?? .null,
            "warm": .boolean(assignment.parent.map(held.contains) ?? false),
            "save_to": .text(assignment.saveTo),
          ])
        }),
    ]).bytes
  }

  static let stopRequested = JSON.object(["type": .text("stop_requested")]).bytes
  static let saveRequested = JSON.object(["type": .text("stop_requested"), "save": .boolean(true)]).bytes
  static let refused = JSON.object([
    "type": .text("refused"),
    "message": .text(
      """
      this trainer is connected already, and it has one connection: only one of its processes may ask for intervals. \
      Where several ranks train one model, rank 0 asks and tells the others
      """),
  ]).bytes
  static let end = JSON.object(["type": .text("end")]).bytes
}
