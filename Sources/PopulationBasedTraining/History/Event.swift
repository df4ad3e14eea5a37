/// Something of the run as a whole.
public struct Event: Hashable, Sendable, Codable {
  /// What happened.
  public enum What: Hashable, Sendable, Codable {
    /// The run was created.
    case created(id: String)
    /// The experiment as it stands from here on.
    case revised(experiment: String)
    /// The command line has said something else than the experiment file, which says this.
    case overridden(file: String)
    /// An engine was started on the run, with the trainer in this folder; failures are counted from zero again.
    case started(folder: String)
    /// What the trainer's program was made of at that start: an object of JSON.
    case program(String)
    /// The population begins again, with longer intervals, for the n-th time.
    case restarted(Int)
    /// Nothing is trained any more, though members have steps left.
    case ended(Population.Ending)
    /// Something looks wrong, but training goes on.
    case warning(String)
  }

  /// What happened, in a word.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// ``What/created(id:)``
    case created
    /// ``What/revised(experiment:)``
    case revised
    /// ``What/overridden(file:)``
    case overridden
    /// ``What/started(folder:)``
    case started
    /// ``What/program(_:)``
    case program
    /// ``What/restarted(_:)``
    case restarted
    /// ``What/ended(_:)``
    case ended
    /// ``What/warning(_:)``
    case warning
  }

  /// The position in history.
  public var sequence: Int
  /// What happened.
  public var what: What
  /// Seconds since 1970.
  public var at: Double

  /// Describes an event.
  public init(sequence: Int, _ what: What, at: Double) {
    self.sequence = sequence
    self.what = what
    self.at = at
  }

  /// What happened, in a word.
  public var kind: Kind { what.kind }
}

extension Event.What {
  /// What two columns of a table say; nothing where they cannot have been written.
  public init?(_ kind: Event.Kind, detail: String) {
    switch kind {
    case .created: self = .created(id: detail)
    case .revised: self = .revised(experiment: detail)
    case .overridden: self = .overridden(file: detail)
    case .started: self = .started(folder: detail)
    case .program: self = .program(detail)
    case .warning: self = .warning(detail)
    case .restarted:
      guard let count = Int(detail) else { return nil }
      self = .restarted(count)
    case .ended:
      guard let ending = Population.Ending(rawValue: detail) else { return nil }
      self = .ended(ending)
    }
  }

  /// What happened, in a word.
  public var kind: Event.Kind {
    switch self {
    case .created: .created
    case .revised: .revised
    case .overridden: .overridden
    case .started: .started
    case .program: .program
    case .restarted: .restarted
    case .ended: .ended
    case .warning: .warning
    }
  }

  /// What more there is to say, for one column of a table.
  public var detail: String {
    switch self {
    case .created(let text), .revised(let text), .overridden(let text), .started(let text), .program(let text),
      .warning(let text):
      text
    case .restarted(let count): "\(count)"
    case .ended(let ending): ending.rawValue
    }
  }
}
