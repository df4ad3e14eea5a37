package import PopulationBasedTraining

/// What to train, over which hyperparameters, by which rules: one experiment file with its defaults filled in.
package struct Experiment: Hashable, Sendable {
  /// Names the run; also the name of its folder.
  package var name: String
  /// The user's program.
  package var trainer: Trainer
  /// What the algorithm needs to know.
  package var rules: Rules
  /// How many trainers run at once.
  package var workers: Workers
  /// What of the machine each worker gets.
  package var resources: Resources
  /// What survives a crash.
  package var durability: Durability
  /// How long a trainer may make no progress before it counts as hung.
  package var hangTimeout: Duration
  /// How long running intervals may go on after the run was asked to stop.
  package var stopTimeout: Duration
  /// How long the run may take; none: as long as it needs.
  package var wallClock: Duration?

  /// Describes an experiment.
  package init(
    name: String, trainer: Trainer, metric: String, rules: Rules, workers: Workers = .auto,
    resources: Resources = Resources(), durability: Durability = .durable, hangTimeout: Duration = .seconds(1800),
    stopTimeout: Duration = .seconds(60), wallClock: Duration? = nil
  ) {
    self.name = name
    self.trainer = trainer
    self.rules = rules
    self.rules.metric = metric
    self.workers = workers
    self.resources = resources
    self.durability = durability
    self.hangTimeout = hangTimeout
    self.stopTimeout = stopTimeout
    self.wallClock = wallClock
  }

  /// The default of every key; what must be given is empty or 1.
  ///
  /// - Parameter rulesVersion: in the first version of the rules some defaults were others.
  static func standard(rulesVersion: Int = Rules.currentVersion) -> Experiment {
    var rules = Rules(
      version: rulesVersion, populationSize: 20, steps: 1, interval: 1, metric: "", mode: .max, space: Space([]))
    if rulesVersion == 1 {
      rules.firstDraws = .independent
      rules.order = .asynchronous(copiesYounger: true)
    }
    return Experiment(name: "", trainer: Trainer(command: []), metric: rules.metric, rules: rules)
  }

  /// How many bytes a name may have.
  package static let longestName = 100

  /// The reported metric that selection compares.
  package var metric: String { rules.metric }

  /// What a trainer is told at first the budget of a member is, in steps.
  package var totalSteps: Int { rules.totalSteps(at: 0) }

  /// The user's program, and how it is spoken to (`docs/trainer-protocol.md`).
  package struct Trainer: Hashable, Sendable {
    /// Program and arguments; never given to a shell.
    package var command: [String]
    /// Environment variables of the trainer.
    package var environment: [String: String]
    /// End the process after so many intervals; none: one process for all. Only for a session.
    package var intervalsPerProcess: Int?
    /// Which protocol it speaks.
    package var contract: Contract

    /// Describes a program.
    package init(
      command: [String], environment: [String: String] = [:], intervalsPerProcess: Int? = nil,
      contract: Contract = .session
    ) {
      self.command = command
      self.environment = environment
      self.intervalsPerProcess = intervalsPerProcess
      self.contract = contract
    }

    /// The ways to be asked for an interval.
    package enum Contract: String, Hashable, Sendable, CaseIterable {
      /// One long-lived process per worker.
      case session
      /// One process per interval: argv has placeholders.
      case command
      /// A type of the Swift program that started the run; the command is its name.
      case inProcess = "in_process"
    }
  }

  /// The number of workers.
  package enum Workers: Hashable, Sendable {
    /// As many as the GPUs, or else the processors, of this machine allow.
    case auto
    /// So many.
    case count(Int)
  }

  /// What of the machine each worker gets.
  package struct Resources: Hashable, Sendable {
    /// GPUs that a worker sees.
    package var gpus: Int
    /// Workers that share a GPU; more than 1 only where `gpus` is 1.
    package var workersPerGPU: Int
    /// Threads that numeric libraries may use in a worker; none: the processors divided by the workers.
    package var cpus: Int?

    /// Describes what each worker gets.
    package init(gpus: Int = 0, workersPerGPU: Int = 1, cpus: Int? = nil) {
      self.gpus = gpus
      self.workersPerGPU = workersPerGPU
      self.cpus = cpus
    }
  }

  /// What survives what.
  package enum Durability: String, Hashable, Sendable, CaseIterable {
    /// Completed intervals survive a power cut: files and transactions are flushed to the disk.
    case durable
    /// Completed intervals survive the death of any process, but not of the machine.
    case process
  }
}
