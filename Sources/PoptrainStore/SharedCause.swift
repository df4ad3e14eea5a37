internal import PopulationBasedTraining

/// What failed attempts and refused values say of their cause: that it is the member's, or that it is shared by all, so that the run
/// is aborted.
///
/// A run that is started again begins without it: what was wrong may have been mended.
struct SharedCause: Hashable, Codable {
  /// So many copies that were given up in the same way, where none has ever trained, are not bad luck.
  static let mostFailedCopies = 5
  /// So many draws that the trainer refuses one after the other are free; then they count as trained.
  static let mostRefusals = 100

  /// Why the run is aborted; none where it goes on.
  private(set) var abortReason: String?
  /// The member that was given up last and how its attempts failed, where no interval has completed since.
  private var givenUp: GivenUp?
  private var copies = Copies.untried
  /// How many draws of each member the trainer has refused, one after the other.
  private var refusals: [Member.ID: Int] = [:]

  private struct GivenUp: Hashable, Codable {
    let member: Member.ID
    let cause: FailureReport.Cause
  }

  /// Whether members that have copied can train.
  private enum Copies: Hashable, Codable {
    case untried
    case work
    /// So many in a row were given up in the same way.
    case fail(cause: FailureReport.Cause, count: Int)

    var haveFailed: Bool {
      if case .fail(_, let count) = self { count >= SharedCause.mostFailedCopies } else { false }
    }

    mutating func fail(_ cause: FailureReport.Cause) {
      switch self {
      case .work: break
      case .fail(cause, let count): self = .fail(cause: cause, count: count + 1)
      case .untried, .fail: self = .fail(cause: cause, count: 1)
      }
    }
  }

  /// Begins with what the members show: one that goes on from a model of its own has trained since it copied.
  init(_ population: Population) {
    let hasTrained = population.members.contains { member in
      member.origin.map { member.checkpoint != nil && member.checkpoint != $0.checkpoint } ?? false
    }
    if hasTrained { copies = .work }
  }

  /// An interval was trained: there is hope. But a member that is no copy shows nothing of those that are.
  mutating func trained(_ lease: Lease) {
    if lease.donor != nil, lease.kind == .train { copies = .work }
    if !copies.haveFailed { abortReason = nil }
    (givenUp, refusals[lease.member]) = (nil, nil)
  }

  /// The trainer says that the values of a lease cannot be trained.
  ///
  /// - Returns: whether they cost nothing of the budget.
  mutating func refused(_ lease: Lease, because message: String, in population: Population) -> Bool {
    (abortReason, givenUp) = (nil, nil)
    let count = refusals[lease.member, default: 0] + 1
    refusals[lease.member] = count
    guard count >= SharedCause.mostRefusals else { return true }
    if population.completedIntervals == 0 {
      abortReason = """
        no interval has ever completed: the trainer refused \(count) draws of member \(lease.member) in a row, the last because \
        \(message)
        """
    }
    return false
  }

  /// A member is to be given up, unless the cause is not its own: nothing has ever worked, no copy has, or the next member fails
  /// in the same way.
  mutating func isShared(
    by lease: Lease, _ report: FailureReport, failures: Int, in population: Population
  ) -> Bool {
    let attempts = failures == 1 ? "1 attempt" : "\(failures) attempts"
    let resumable = "No completed work is lost. Fix the problem and run the same command again to resume"
    if lease.donor != nil { copies.fail(report.cause) }
    // Of the last two, when others have finished, each may be bad by itself.
    let training = population.count(.ready) + population.count(.leased) + population.count(.due)
    let haveOthersFinished = population.count(.done) > 0 && training <= 2
    if population.completedIntervals == 0 {
      abortReason = "no interval has ever completed: \(attempts) of member \(lease.member) failed"
    } else if case .fail(_, let count) = copies, copies.haveFailed {
      abortReason = """
        no copy has ever trained: attempts of \(count) in a row failed for the same reason, the last of them member \
        \(lease.member): \(report.message.withVisibleZeros). Without copies this is random search. \(resumable)
        """
    } else if let givenUp, givenUp.member != lease.member, givenUp.cause == report.cause, !haveOthersFinished {
      abortReason = """
        \(attempts) of member \(lease.member) failed as those of member \(givenUp.member) did, and no interval has completed \
        between: whatever is wrong is probably not theirs alone. \(resumable)
        """
    } else {
      givenUp = GivenUp(member: lease.member, cause: report.cause)
    }
    return abortReason != nil
  }
}

extension FailureReport {
  /// What is the same where others fail in the same way.
  struct Cause: Hashable, Codable {
    let reason: FailureReason
    let exitStatus: Int?
    /// What was said of it, without numbers: paths and counts differ in them. None for a trainer that breaks its contract, which
    /// it does with the values of each member.
    let words: String?
  }

  fileprivate var cause: Cause {
    Cause(reason: reason, exitStatus: exitStatus, words: isFinal ? nil : message.filter { !$0.isNumber })
  }
}
