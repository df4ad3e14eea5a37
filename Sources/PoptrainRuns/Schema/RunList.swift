internal import PoptrainExperimentFile
internal import PoptrainStore
package import PopulationBasedTraining

/// The runs below a folder: `poptrain status --json` without a run.
package struct RunList: Codable, Hashable, Sendable {
  /// How a run stands, in short. Of one that cannot be read there is only its folder and the reason.
  package struct Entry: Codable, Hashable, Sendable {
    /// The folder of the run.
    package let run: String
    /// The experiment's name.
    package private(set) var name: String?
    /// Whether it goes on.
    package private(set) var state: Status.State?
    /// Why nothing is left to train; none where something is.
    package private(set) var ending: Population.Ending?
    /// The metric that selection compares.
    package private(set) var metric: String?
    /// Whether more of it is better.
    package private(set) var mode: Rules.Mode?
    /// The best score so far; none while there is none.
    package private(set) var bestScore: Double?
    /// How many members there are to be.
    package private(set) var populationSize: Int?
    /// The steps that all members have trained together.
    package private(set) var trainedSteps: Int?
    /// The steps that they will have trained at the end.
    package private(set) var totalSteps: Int?
    /// When something was last recorded, in seconds since 1970.
    package private(set) var lastActiveAtSeconds: Double?
    /// Why it cannot be read; none where it can.
    package private(set) var error: String?
  }

  /// The folder below which they are.
  package let folder: String
  /// The runs, the one that was active last first; those that cannot be read at the end.
  package let runs: [Entry]

  /// Looks for runs.
  package init(below folder: RunDirectory) {
    let search = RunSearch(below: folder)
    let entries = search.runs.map(Entry.init) + search.unreadable.map { Entry($0.folder, $0.reason) }
    self.folder = folder.path
    runs = entries.enumerated().sorted { left, right in
      let times = (left.element.lastActiveAtSeconds ?? -.infinity, right.element.lastActiveAtSeconds ?? -.infinity)
      return times.0 != times.1 ? times.0 > times.1 : left.offset < right.offset
    }.map(\.element)
  }
}

extension RunList.Entry {
  /// How the run of a folder stands, or why that cannot be told.
  package init(_ directory: RunDirectory) {
    do {
      try self.init(RecordedRun(directory))
    } catch {
      self.init(directory, error)
    }
  }

  /// A folder that cannot be read, and why.
  package init(_ directory: RunDirectory, _ error: RunError) {
    run = directory.address
    self.error = "\(error)"
  }

  private init(_ run: RecordedRun) throws(RunError) {
    let population = try run.population()
    self.run = run.directory.address
    name = run.experiment.name
    state = run.state(of: population)
    ending = population.ending
    metric = run.experiment.metric
    mode = run.experiment.rules.mode
    bestScore = population.best.map { run.metric($0.published.score) }
    populationSize = run.experiment.rules.populationSize
    trainedSteps = population.trainedSteps
    totalSteps = population.plannedSteps
    lastActiveAtSeconds = try reading { () throws(StoreError) in try run.history.lastRecordedAt() }
  }
}
