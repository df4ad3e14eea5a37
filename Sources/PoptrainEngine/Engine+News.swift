package import PopulationBasedTraining
package import PoptrainWorker

extension Engine {
  /// What people may want to see of a run.
  package enum News: Sendable {
    /// Something of a worker, by its index.
    case worker(Int, Worker.News)
    /// A possible problem. Training continues.
    case warning(String)
    /// The run was asked to stop, or its time is over.
    case stopping(WorkerLoop.Stop, isTimeOver: Bool)
  }

  /// How a run ended.
  package enum Ending: Hashable, Sendable {
    /// Nothing is left to train, for this reason.
    case finished(Population.Ending)
    /// It was asked to stop, and can be resumed. Others that train the same run go on, unless all of them were asked.
    case stopped(isForAll: Bool)
    /// It was told to stop at once, and can be resumed.
    case interrupted
    /// The trainer has never worked, or every member has failed.
    case aborted(String)
    /// The store or the disk could not be used; what was completed is safe, and the run can be resumed.
    case broken(String)
  }
}
