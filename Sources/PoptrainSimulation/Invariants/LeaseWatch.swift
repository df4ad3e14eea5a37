internal import PopulationBasedTraining
internal import PoptrainStore

/// I3: at most one live lease per member, tokens never used again, a superseded token changes nothing.
///
/// It keeps its own account of leases, from what a store answers.
struct LeaseWatch {
  private struct Known {
    var lease: Lease
    var expiresAt: Double
    var duration: Double
  }

  private var live: [String: Known] = [:]
  private var used: Set<String> = []

  /// The live leases.
  var leases: [Lease] { live.values.map(\.lease) }

  func isLive(_ token: String) -> Bool { live[token] != nil }

  func lease(_ token: String) -> Lease? { live[token]?.lease }

  mutating func granted(_ lease: Lease, at now: Double) throws(Violation) {
    guard used.insert(lease.token).inserted else {
      throw Violation(invariant: "I3", message: "the token \(lease.token) was used again")
    }
    for known in live.values where known.lease.member == lease.member {
      guard known.expiresAt <= now else {
        throw Violation(
          invariant: "I3",
          message:
            "member \(lease.member) was leased to \(lease.worker), \(known.expiresAt - now) s before the lease of "
            + "\(known.lease.worker) expires")
      }
      live[known.lease.token] = nil
    }
    live[lease.token] = Known(lease: lease, expiresAt: lease.expiresAt, duration: lease.expiresAt - now)
  }

  /// A store has accepted a call with this token; `isOver` where the lease ends with it.
  mutating func accepted(_ call: String, _ token: String, isOver: Bool, at now: Double) throws(Violation) {
    guard let known = live[token] else {
      throw Violation(invariant: "I3", message: "\(call) was accepted with \(token), which is no live lease")
    }
    live[token] = isOver ? nil : known
    if !isOver { live[token]?.expiresAt = now + known.duration }
  }

  /// An engine was started: nobody else is alive.
  mutating func dropAll() { live = [:] }
}
