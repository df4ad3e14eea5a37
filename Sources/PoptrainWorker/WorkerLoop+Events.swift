package import PoptrainStore
package import PoptrainTrainers

extension WorkerLoop {
  /// What the driver is to do next.
  package enum Action: Sendable {
    /// Ask the store for members.
    case lease
    /// Wait until the store has changed, or for so many seconds.
    case wait(version: Int, seconds: Double?)
    /// Wait a while, for room on the disk or an answer of the bucket, as the text says; `again`: not for the first time.
    case pause(String, again: Bool)
    /// Check the checkpoint to start from, and make the folder to save into.
    case prepare(Lease)
    /// Have the trainer train these, at once.
    case train([Prepared])
    /// Publish what was saved, at once.
    case publish([Lease])
    /// Report intervals to the store, and ask for members where `thenLease`.
    case complete([Finished], thenLease: Bool)
    /// Report a failed attempt to the store.
    case fail(Lease, FailureReport)
    /// Give a lease back.
    case release(Lease)
    /// End.
    case finish(Ending)
  }

  /// A lease that may be trained.
  package struct Prepared: Sendable {
    /// The lease.
    package let lease: Lease
    /// The folder to save into.
    package let saveTo: String
  }

  /// A lease that may be completed.
  package struct Finished: Sendable {
    /// The lease.
    package let lease: Lease
    /// What to tell the store.
    package let report: IntervalReport
  }

  /// What came of an action.
  package enum Event: Sendable {
    /// The store answered.
    case granted(Grant)
    /// The store has changed.
    case changed
    /// The folder to save into is ready.
    case prepared(saveTo: String)
    /// The trainer, which was asked at a time, is through with each; `obstacle`: what failed did so since the disk is full.
    case trained([TrainerOutcome], startedAt: Double, obstacle: String? = nil)
    /// What came of publishing each.
    case published([Publication])
    /// The attempt failed before training.
    case attemptFailed(TrainerFailure)
    /// The store took a report, or all of them, and may have leased again.
    case recorded(Grant?)
    /// The lease was given back.
    case released
    /// Another worker has taken the member over.
    case superseded
    /// The disk is full, or the bucket does not answer, so that the action came to nothing and is to be tried again.
    case blocked(String)
    /// A pause is over.
    case waited
    /// The store or the disk cannot be used.
    case broken(String)

    /// Whether what blocks does so still, as far as it tells.
    var leavesItBlocked: Bool {
      switch self {
      case .blocked, .waited: true
      case .trained(_, _, let obstacle): obstacle != nil
      case .published(let publications): publications.contains { if case .blocked = $0 { true } else { false } }
      default: false
      }
    }
  }

  /// What came of publishing a checkpoint.
  package enum Publication: Sendable {
    /// It is in place.
    case done
    /// The attempt failed: what was saved cannot be published.
    case failed(TrainerFailure)
    /// It is to be tried again, as with an event of this name; `losesInterval`: nor can it be repeated.
    case blocked(String, losesInterval: Bool)
    /// The disk cannot be used.
    case broken(String)
  }

  /// How far the run is on its way to an end.
  package enum Stop: Int, Sendable, Comparable {
    /// It goes on.
    case no
    /// Intervals in flight are finished; none is begun.
    case afterInterval
    /// Intervals in flight are to be saved where they are, and end as partial ones; none is begun. One that comes to
    /// nothing charges nobody.
    case afterSaving
    /// Intervals in flight are given up, and repeated when the run is resumed.
    case now

    /// Orders by urgency.
    package static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
  }

  /// Why a worker ended.
  package enum Ending: Hashable, Sendable {
    /// Every member is done or has failed.
    case finished
    /// The trainer has never worked.
    case aborted(String)
    /// It was asked to stop.
    case stopped
    /// The store or the disk cannot be used.
    case broken(String)
  }
}
