/// What the algorithm needs to know of an experiment.
public struct Rules: Hashable, Sendable {
  /// Whether a larger or a smaller metric is better.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    /// Larger is better, as of an accuracy.
    case max
    /// Smaller is better, as of a loss.
    case min
  }

  /// Who waits for whom.
  public enum Order: Hashable, Sendable {
    /// A member decides as soon as it is ready, on what the others last published (the paper's Algorithm 1). Unless it may
    /// copy younger models, as in the paper, it waits while its donor is younger than what it has trained itself.
    case asynchronous(copiesYounger: Bool)
    /// Members that are ready wait until this part of all that still train is, a fraction in (0, 1]; then they decide on
    /// the same population. With all of them (the paper's appendix A.1) the same seed gives the same history.
    case synchronous(fraction: Double)

    /// Nobody waits for more than a donor that is old enough.
    public static let asynchronous = Order.asynchronous(copiesYounger: false)

    /// Everyone waits for all.
    public static let synchronous = Order.synchronous(fraction: 1)
  }

  /// Which scores a member compares its own with.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    /// The latest that each of the others has published, at whatever age.
    case latest
    /// The latest own score of each of the others at an age not above its own (Petrenko et al. 2023, DexPBT), so that
    /// nobody loses because it is slow.
    case equalExperience = "equal_experience"
  }

  /// How much better a donor must be before it is copied. Both limits hold.
  public struct ImprovementGap: Hashable, Sendable {
    /// By so much at least, in the unit of the metric.
    public var absolute: Double
    /// By so many standard deviations at least, pooled over the evaluations of both.
    public var deviations: Double

    /// Makes a gap.
    public init(absolute: Double = 0, deviations: Double = 0) {
      self.absolute = absolute
      self.deviations = deviations
    }
  }

  /// When a population stops before its members have trained their budget.
  public struct Stop: Hashable, Sendable {
    /// As soon as the best metric is at least as good as this.
    public var target: Double?
    /// As soon as the best score has not improved over so many intervals per member.
    public var stagnation: Int?

    /// Makes a rule for stopping.
    public init(target: Double? = nil, stagnation: Int? = nil) {
      self.target = target
      self.stagnation = stagnation
    }
  }

  /// Which checkpoints are kept besides those to which members, intervals under way or the best refer.
  public enum Retention: Hashable, Sendable {
    /// None.
    case needed
    /// The last that each member has trained, so many.
    case last(Int)
    /// Every one.
    case all
  }

  /// The version of how decisions are made; a run keeps the one that it began with.
  ///
  /// In version 1 a member copied others with the very same score where chance ranked them higher, and the best of equal
  /// scores was drawn; a metric that was no number had a member replaced, even where nobody had a score yet.
  public var version: Int
  /// The seed of every random stream, any 64 bits.
  public var seed: UInt64
  /// How many members there are.
  public var populationSize: Int
  /// The steps that each member trains.
  public var steps: Int
  /// What trainers are told the budget of a member is, in steps, by the age of the model; none: ``steps``.
  public var totalSteps: Schedule?
  /// The steps between two moments at which a member is ready.
  public var interval: IntervalLength
  /// The steps that a member trains before it decides for the first time.
  public var burnIn: Int
  /// The reported metric that selection compares.
  public var metric: String
  /// Whether a larger or a smaller metric is better.
  public var mode: Mode
  /// How a score is made of several evaluations.
  public var score: ScoreWindow
  /// Further metrics to be good at: members are then ranked by Pareto dominance.
  public var objectives: [Objective]
  /// What metrics must satisfy: a member that breaks one ranks below all that do not.
  public var requirements: [Requirement]
  /// Who waits for whom.
  public var order: Order
  /// Which scores are compared.
  public var compare: Comparison
  /// The hyperparameters.
  public var space: Space
  /// How the first members draw their values.
  public var firstDraws: FirstDraws
  /// What becomes of a value that a move takes out of its range.
  public var bounds: Bounds
  /// Which members copy which.
  public var exploit: RuleChoice
  /// How much better a donor must be.
  public var improvementGap: ImprovementGap
  /// What a member takes over from a donor.
  public var inherit: Inheritance
  /// How copied hyperparameters change.
  public var explore: RuleChoice
  /// Whether a copy is scored before it trains, so that it competes at once with a score of its own (the paper's
  /// Algorithm 1, line 9).
  public var evaluatesCopies: Bool
  /// Parts of the population that select within themselves; none: one for all.
  public var subpopulations: [Subpopulation]
  /// When to stop early.
  public var stop: Stop
  /// How many attempts at one interval may fail before the member is replaced.
  public var maxFailures: Int
  /// Which checkpoints are kept; no decision depends on it.
  public var keep: Retention

  /// Collects the rules of an experiment.
  public init(
    version: Int = Rules.currentVersion, seed: UInt64 = 0, populationSize: Int, steps: Int, totalSteps: Schedule? = nil,
    interval: IntervalLength, burnIn: Int = 0,
    metric: String = "score", mode: Mode, score: ScoreWindow = .last, objectives: [Objective] = [],
    requirements: [Requirement] = [], order: Order = .asynchronous, compare: Comparison = .latest, space: Space,
    firstDraws: FirstDraws = .stratified, bounds: Bounds = .reflect, exploit: RuleChoice = ExploitRules.standard,
    improvementGap: ImprovementGap = ImprovementGap(), inherit: Inheritance = .both,
    explore: RuleChoice = ExploreRules.standard, evaluatesCopies: Bool = false, subpopulations: [Subpopulation] = [],
    stop: Stop = Stop(), maxFailures: Int = 3, keep: Retention = .needed
  ) {
    self.version = version
    self.seed = seed
    self.populationSize = populationSize
    self.steps = steps
    self.totalSteps = totalSteps
    self.interval = interval
    self.burnIn = burnIn
    self.metric = metric
    self.mode = mode
    self.score = score
    self.objectives = objectives
    self.requirements = requirements
    self.order = order
    self.compare = compare
    self.space = space
    self.firstDraws = firstDraws
    self.bounds = bounds
    self.exploit = exploit
    self.improvementGap = improvementGap
    self.inherit = inherit
    self.explore = explore
    self.evaluatesCopies = evaluatesCopies
    self.subpopulations = subpopulations
    self.stop = stop
    self.maxFailures = maxFailures
    self.keep = keep
  }

  /// The version of a new run.
  public static let currentVersion = 2

  /// What a trainer is told the budget of a member is, in steps.
  ///
  /// - Parameter age: of the model, at the beginning of an interval.
  public func totalSteps(at age: Int) -> Int {
    if case .integer(let told)? = totalSteps?.value(at: age) { told } else { steps }
  }
}
