// An event is one object: its name in the field `event`, beside what there is to say of it.

extension RunEvent: Codable {
  private enum CodingKeys: CodingKey { case event }

  package init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: CodingKeys.self).decode(Name.self, forKey: .event) {
    case .started: self = .started(try Started(from: decoder))
    case .programChanged: self = .programChanged(try ProgramChanged(from: decoder))
    case .warning: self = .warning(try Told(from: decoder))
    case .failure: self = .failure(try Failure(from: decoder))
    case .paused: self = .paused(try Told(from: decoder))
    case .resumed: self = .resumed
    case .interval: self = .interval(try IntervalEnded(from: decoder))
    case .join: self = .join(try Decided(from: decoder))
    case .inherit: self = .inherit(try Decided(from: decoder))
    case .fresh: self = .fresh(try Decided(from: decoder))
    case .fail: self = .fail(try Decided(from: decoder))
    case .retire: self = .retire(try Decided(from: decoder))
    case .stopping: self = .stopping
    case .ended: self = .ended(try Ended(from: decoder))
    case .compared: self = .compared(try ReplayComparison(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(name, forKey: .event)
    try payload?.encode(to: encoder)
  }

  /// What the field `event` says.
  package var name: Name {
    switch self {
    case .started: .started
    case .programChanged: .programChanged
    case .warning: .warning
    case .failure: .failure
    case .paused: .paused
    case .resumed: .resumed
    case .interval: .interval
    case .join: .join
    case .inherit: .inherit
    case .fresh: .fresh
    case .fail: .fail
    case .retire: .retire
    case .stopping: .stopping
    case .ended: .ended
    case .compared: .compared
    }
  }

  /// What there is to say of it.
  private var payload: (any Encodable)? {
    switch self {
    case .started(let started): started
    case .programChanged(let change): change
    case .warning(let told), .paused(let told): told
    case .failure(let failure): failure
    case .interval(let interval): interval
    case .join(let decided), .inherit(let decided), .fresh(let decided), .fail(let decided), .retire(let decided):
      decided
    case .ended(let ended): ended
    case .compared(let comparison): comparison
    case .resumed, .stopping: nil
    }
  }
}
