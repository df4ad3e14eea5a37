import PopulationBasedTraining

/// What history says of the models that members have now: how they scored, from whom they were copied, who founded their
/// lines. It grows with the members and their copies, not with the intervals.
struct Trail: Sendable {
  /// The first of a line of models: a member that began fresh.
  struct Founder: Hashable, Sendable {
    let member: Member.ID
    /// The sequence of the decision with which it began.
    let beginning: Int
  }

  private struct Scored {
    let sequence: Int
    let score: Double
  }

  /// How many scores are kept for each member.
  static let length = 16

  private var curves: [Member.ID: [Scored]] = [:]
  private var lines: [Member.ID: [(sequence: Int, founder: Founder)]] = [:]
  /// The last donor of each member.
  private(set) var donors: [Member.ID: Decision.Donor] = [:]
  private(set) var intervals = 0
  private(set) var copies = 0
  private(set) var failures = 0
  /// When an engine was last started, in seconds since 1970.
  private(set) var startedAt: Double?
  /// The steps that were trained since then.
  private(set) var stepsSinceStart = 0

  mutating func apply(_ record: HistoryRecord) {
    switch record {
    case .interval(let interval): apply(interval)
    case .decision(let decision): apply(decision)
    case .attempt: failures += 1
    case .event(let event):
      guard case .started = event.what else { return }
      (startedAt, stepsSinceStart) = (event.at, 0)
    case .collection: break
    }
  }

  private mutating func apply(_ interval: Interval) {
    if !interval.isRefused { intervals += 1 }
    stepsSinceStart += interval.steps
    guard let score = interval.selection ?? interval.score else { return }
    let curve = curves[interval.member, default: []] + [Scored(sequence: interval.sequence, score: score)]
    curves[interval.member] = curve.suffix(Trail.length)
  }

  private mutating func apply(_ decision: Decision) {
    let member = decision.member
    switch decision.result {
    case .inherit(let donor):
      if donor.member != member { copies += 1 }
      donors[member] = donor
      guard donor.inherits.includesWeights else { return }
      curves[member] = curves[donor.member, default: []].filter { $0.sequence <= donor.sequence }
      if let founder = founder(of: donor.member, at: donor.sequence) {
        lines[member, default: []].append((decision.sequence, founder))
      }
    case .stay where decision.ordinal == 0, .fresh:
      curves[member] = []
      donors[member] = nil
      lines[member, default: []].append(
        (decision.sequence, Founder(member: member, beginning: decision.sequence)))
    case .stay, .fail, .retire: break
    }
  }

  /// The last scores along the line of a member's model, the latest last.
  func curve(of member: Member.ID) -> [Double] { curves[member, default: []].map(\.score) }

  /// Who founded the line of the model that a member has, or had at a moment of history.
  func founder(of member: Member.ID, at sequence: Int = .max) -> Founder? {
    lines[member]?.last { $0.sequence <= sequence }?.founder
  }
}
