internal import PoptrainJSON
internal import PoptrainRuns
package import PopulationBasedTraining

/// Something that the history of a run shows, with what shows it and what to do about it.
package struct Finding: Codable, Hashable, Sendable {
  /// What was found. `docs/findings.md` says how each is computed.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Whether copies did better for being copies.
    case selection
    /// One founder's descendants have taken over the population.
    case takeover
    /// An interval improves the score by less than its noise.
    case shortInterval = "short_interval"
    /// Values pile up at an end of their range.
    case rangeEnd = "range_end"
    /// A hyperparameter hardly changed along the line of the best model.
    case flatSchedule = "flat_schedule"
    /// Improvement does not depend on a hyperparameter.
    case noEffect = "no_effect"
    /// Many members have exactly the best score.
    case saturated
    /// Members that have no model of their own after others have trained for long.
    case neverTrained = "never_trained"
    /// The best score is one lucky evaluation.
    case luckyBest = "lucky_best"
    /// Workers spent much of their time outside trainers.
    case idleWorkers = "idle_workers"
    /// Attempts failed, or steps were forfeited.
    case failures
    /// What cannot be told yet.
    case tooEarly = "too_early"
  }

  /// What it means for the run.
  package enum Severity: String, Codable, Hashable, Sendable, CaseIterable {
    /// As it should be.
    case good
    /// Worth knowing.
    case note
    /// Worth changing.
    case warning
  }

  /// What was found.
  package let kind: Kind
  /// What it means for the run.
  package let severity: Severity
  /// What was found, in words.
  package let sentence: String
  /// The numbers behind the sentence, by name.
  package let evidence: Evidence
  /// What to do; none where there is nothing to do.
  package let advice: String?

  init(_ kind: Kind, _ severity: Severity, _ sentence: String, _ evidence: Evidence, advice: String? = nil) {
    self.kind = kind
    self.severity = severity
    self.sentence = sentence
    self.evidence = evidence
    self.advice = advice
  }
}

/// Numbers and texts by name, in order.
package struct Evidence: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in order.
  package private(set) var names: [String] = []
  private var values: [String: Value] = [:]

  package init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The number or text of a name.
  package subscript(name: String) -> Value? {
    get { values[name] }
    set {
      if values[name] == nil { names.append(name) }
      values[name] = newValue
    }
  }
}

extension Evidence: Codable {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: JSON.Name.self)
    for name in fields.allKeys {
      self[name.stringValue] =
        if let integer = try? fields.decode(Int.self, forKey: name) {
          .integer(integer)
        } else if let text = try? fields.decode(String.self, forKey: name) {
          .text(text)
        } else {
          .number(try fields.decode(Double.self, forKey: name))
        }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: JSON.Name.self)
    for name in names { try fields.encodeValue(values[name], forKey: JSON.Name(name)) }
  }
}
