public import PopulationBasedTraining

/// What to train, over which hyperparameters, by which rules: one experiment file with its defaults filled in.
public struct Experiment: Hashable, Sendable {
  /// Names the run; also the name of its folder.
  public var name: String
  /// The user's program.
  public var trainer: Trainer
  /// What the algorithm needs to know.
  public var rules: Rules
  /// How many trainers run at once.
  public var workers: Workers
  /// What of the machine each worker gets.
  public var resources: Resources
  /// What survives a crash.
  public var durability: Durability
  /// How long a trainer may make no progress before it counts as hung.
  public var hangTimeout: Duration
  /// How long running intervals may go on after the run was asked to stop.
  public var stopTimeout: Duration
  /// How long the run may take; none: as long as it needs.
  public var wallClock: Duration?

  /// Describes an experiment.
  public init(
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

  /// How many bytes a name may have.
  public static let longestName = 100

  /// The reported metric that selection compares.
  public var metric: String { rules.metric }

  /// What a trainer is told at first the budget of a member is, in steps.
  public var totalSteps: Int { rules.totalSteps(at: 0) }

  /// The user's program, and how it is spoken to (`docs/trainer-protocol.md`).
  public struct Trainer: Hashable, Sendable {
    /// Program and arguments; never given to a shell.
    public var command: [String]
    /// Environment variables of the trainer.
    public var environment: [String: String]
    /// End the process after so many intervals; none: one process for all. Only for a session.
    public var intervalsPerProcess: Int?
    /// Which protocol it speaks.
    public var contract: Contract

    /// Describes a program.
    public init(
      command: [String], environment: [String: String] = [:], intervalsPerProcess: Int? = nil,
      contract: Contract = .session
    ) {
      self.command = command
      self.environment = environment
      self.intervalsPerProcess = intervalsPerProcess
      self.contract = contract
    }

    /// The ways to be asked for an interval.
    public enum Contract: String, Hashable, Sendable, CaseIterable {
      /// One long-lived process per worker.
      case session
      /// One process per interval: argv has placeholders.
      case command
      /// A type of the Swift program that started the run; the command is its name.
      case inProcess = "in_process"
    }
  }

  /// The number of workers.
  public enum Workers: Hashable, Sendable {
    /// As many as the GPUs, or else the processors, of this machine allow.
    case auto
    /// So many.
    case count(Int)
  }

  /// What of the machine each worker gets.
  public struct Resources: Hashable, Sendable {
    /// GPUs that a worker sees.
    public var gpus: Int
    /// Workers that share a GPU; more than 1 only where `gpus` is 1.
    public var workersPerGPU: Int
    /// Threads that numeric libraries may use in a worker; none: the processors divided by the workers.
    public var cpus: Int?

    /// Describes what each worker gets.
    public init(gpus: Int = 0, workersPerGPU: Int = 1, cpus: Int? = nil) {
      self.gpus = gpus
      self.workersPerGPU = workersPerGPU
      self.cpus = cpus
    }
  }

  /// What survives what.
  public enum Durability: String, Hashable, Sendable, CaseIterable {
    /// Completed intervals survive a power cut: files and transactions are flushed to the disk.
    case durable
    /// Completed intervals survive the death of any process, but not of the machine.
    case process
  }
}
