/// Why an attempt at an interval failed, in a word.
public enum FailureReason: Hashable, Sendable, RawRepresentable, Codable {
  /// The program could not be started, or never connected.
  case notStarted
  /// The process ended.
  case exited
  /// It made no progress for too long.
  case hung
  /// It sent what is no message.
  case garbage
  /// It said itself that it failed.
  case failed
  /// A hyperparameter other than the given one was in force.
  case notInForce
  /// It did not report the experiment's metric.
  case noMetric
  /// It saved nothing, or what cannot be kept.
  case notSaved
  /// The checkpoint to start from cannot be used.
  case notLoaded
  /// It says itself that it is not as it must be to be trained by Poptrain.
  case contract
  /// One that only another version knows.
  case other(String)

  private static let known: [FailureReason] = [
    .notStarted, .exited, .hung, .garbage, .failed, .notInForce, .noMetric, .notSaved, .notLoaded, .contract,
  ]

  /// The reason as history has it.
  public init(rawValue word: String) {
    self = Self.known.first { $0.rawValue == word } ?? .other(word)
  }

  /// As history has it.
  public var rawValue: String {
    switch self {
    case .notStarted: "not started"
    case .exited: "exited"
    case .hung: "hung"
    case .garbage: "garbage"
    case .failed: "failed"
    case .notInForce: "not in force"
    case .noMetric: "no metric"
    case .notSaved: "not saved"
    case .notLoaded: "not loaded"
    case .contract: "contract"
    case .other(let word): word
    }
  }

  /// Whether the trainer breaks its contract, so that it would fail again.
  public var isBreach: Bool { [.notInForce, .noMetric, .notSaved, .contract].contains(self) }

  /// Decodes the word.
  public init(from decoder: any Decoder) throws {
    self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
  }

  /// Encodes the word.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
