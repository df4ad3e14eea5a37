import PoptrainText
import PopulationBasedTraining
import PoptrainTrainers

/// What has happened in a run more than once: what differs in numbers only is the same.
struct Tally {
  /// Something that has happened.
  struct Entry {
    let message: String
    /// Where it happened first.
    let member: Member.ID
    let interval: Int
    var count = 0
  }

  private var entries: [String: Entry] = [:]

  /// Counts something once more.
  mutating func add(_ message: String, wording: String, member: Member.ID, interval: Int) {
    entries[wording, default: Entry(message: message, member: member, interval: interval)].count += 1
  }

  /// What has happened in these words.
  subscript(wording: String) -> Entry? { entries[wording] }

  /// The most frequent first.
  var sorted: [Entry] { entries.values.sorted { ($1.count, $0.message) < ($0.count, $1.message) } }
}

extension TrainerFailure {
  /// What is the same in attempts that fail for the same cause, as far as one can see.
  var wording: String { "\(reason.rawValue) \(message) \(logTail.split(separator: "\n").last ?? "")".wording }
}
