internal import PopulationBasedTraining

extension Key {
  /// Every key, in the order in which an experiment is written.
  static let all =
    [
      Key(
        "name", \.name, .name, default: "the file's name, or its folder's name if the file is called `experiment.yaml`",
        isAlwaysWritten: true, "names the run and its folder"),
      Key(
        "trainer", required: "write for example `trainer: {command: [python3, train.py]}`", isSafe: true,
        isOnLines: true, keys: trainer, "your program"),
    ] + score + budget + [
      Key(
        "workers", \.workers, .workers, isSafe: true, isAlwaysWritten: true, synonyms: ["numworkers", "nworkers"],
        "how many trainers run at once"),
      Key(
        "seed", \.rules.seed, .seed, isAlwaysWritten: true, synonyms: ["randomseed"], "seed of all random streams"),
    ] + space + selection + [rulesVersion] + running

  private static let trainer = [
    Key(
      "command", \.trainer.template, .command, required: "write for example `command: [python3, train.py]`",
      synonyms: ["cmd", "argv", "program"], "the program and its arguments"),
    Key(
      "env", \.trainer.environment, .environment, synonyms: ["environment", "environ"], "environment variables"),
    Key(
      "intervals_per_process", optional: \.trainer.intervalsPerProcess, .integer(from: 1),
      default: "one process for all", "a session is ended after this many intervals"),
    Key(
      "kind", \.trainer.contract, .word(), default: "`command` if the arguments contain braces, otherwise `session`",
      isAlwaysWritten: true, "how Poptrain talks to the trainer"),
    Key(
      "total_steps", optional: \.rules.totalSteps, .totalSteps, default: "`steps`",
      "the budget the trainer is told"),
  ]

  private static let score = [
    Key(
      "metric", \.rules.metric, .metric, required: "name the number to compare: `metric: accuracy`",
      synonyms: ["objective", "score"], "the reported metric by which members are compared"),
    Key(
      "mode", \.rules.mode, .word(because: noDefault), required: "write `mode: max` or `mode: min`" + noDefault,
      synonyms: ["goal", "direction"], "whether a higher or a lower metric is better"),
    Key(
      "score", \.rules.score, .score, "how a member's score is computed from its evaluations of `metric`"),
    Key("objectives", \.rules.objectives, .objectives, "further metrics to optimize"),
    Key(
      "require", \.rules.requirements, .requirements, synonyms: ["requirements"], "limits on reported metrics"),
  ]

  private static let noDefault = " (there is no default, since a loss maximized by mistake wastes the whole run)"

  private static let budget = [
    Key(
      "population_size", \.rules.populationSize, .integer(from: 1, to: 100_000), isSafe: true, isAlwaysWritten: true,
      synonyms: ["popsize", "numsamples", "nummembers", "members"], "number of members"),
    Key(
      "subpopulations", \.rules.subpopulations, .subpopulations, default: "one for all",
      synonyms: ["islands", "populations"], "parts that select within themselves"),
    Key(
      "steps", \.rules.steps, .integer(from: 1, to: 1 << 40),
      required: "write what each member trains: `steps: 10_000`", isSafe: true,
      synonyms: ["budget", "maxsteps", "totalsteps", "iterations", "epochs"], "the budget of each member"),
    Key(
      "interval", or: "perturbation_interval", \.rules.interval, .interval,
      required: "write after how many steps a member compares itself with the others: `interval: 100`",
      synonyms: ["readyinterval", "checkpointinterval"],
      "steps between two decisions of a member"),
    Key(
      "burn_in", or: "burn_in_period", \.rules.burnIn, .burnIn, synonyms: ["startafter", "initialdelay"],
      "steps before a member's first decision"),
    Key(
      "stop", isSafe: true,
      keys: [
        Key(
          "target", optional: \.rules.stop.target, .number, "stop as soon as the best metric is at least this good"),
        Key(
          "stagnation", optional: \.rules.stop.stagnation, .integer(from: 1, to: 1 << 40), synonyms: ["patience"],
          "stop when the best score has not improved for this many intervals per member"),
        Key(
          "wall_clock", optional: \.wallClock, .timeSpan(from: .milliseconds(1)),
          synonyms: ["timelimit", "time", "walltime", "timebudget"],
          "limit on the wall-clock time"),
      ], "when the run ends before the budget is used up"),
  ]

  private static let space = [
    Key(
      "hyperparameters", type: "mapping", required: "write for example `learning_rate: {log_uniform: [1e-4, 1.0]}`",
      synonyms: ["hparams", "params", "parameters", "space", "searchspace", "hyperparammutations", "hps"],
      "names with values or ranges", read: { item, draft in draft.readHyperparameters(item) }, yaml: { _ in "{}" },
      lines: { $0.rules.space.hyperparameters.map { ($0.name, $0.yaml) } }),
    Key(
      "constraints", \.rules.space, .constraints, synonyms: ["constraint"],
      "conditions on the values of a member"),
    Key(
      "first_draws", \.rules.firstDraws, .word(), isAlwaysWritten: true, synonyms: ["initialdraws", "initialsampling"],
      "how the initial members draw their values"),
    Key(
      "bounds", \.rules.bounds, .word(), synonyms: ["clip", "boundaries"],
      "what happens to a value that explore moves out of its range"),
  ]

  private static let selection = [
    Key(
      "exploit", \.rules.exploit, .exploit, default: "`\(ExploitRules.standard.name)`", isAlwaysWritten: true,
      "which members copy which"),
    Key(
      "improvement_gap", \.rules.improvementGap, .improvementGap, synonyms: ["replacerewardgap"], keys: improvementGap,
      "how much better a donor must be before it is copied"),
    Key("inherit", \.rules.inherit, .word(), "what a member takes over from its donor"),
    Key(
      "explore", \.rules.explore, .explore, default: "`\(ExploreRules.standard.name)`", isAlwaysWritten: true,
      "how copied hyperparameters change"),
    Key("evaluate_copies", \.rules.evaluatesCopies, .boolean, "whether a copy is scored before it trains"),
    Key("order", \.rules, .order, isAlwaysWritten: true, "when members decide"),
    Key("compare", \.rules.compare, .word(), "which scores a member is compared with"),
  ]

  static let improvementGap = [
    Key("absolute", \.rules.improvementGap.absolute, .number(from: 0), "in the unit of the metric"),
    Key("deviations", \.rules.improvementGap.deviations, .number(from: 0), "in standard deviations"),
  ]

  static let rulesVersion = Key(
    "rules_version", \.rules, .version,
    "written by Poptrain into the file of a run, which keeps the version it began with")

  private static let running = [
    Key("durability", \.durability, .word(), isSafe: true, isAlwaysWritten: true, "what survives a crash"),
    Key(
      "keep", \.rules.keep, .retention, isSafe: true,
      synonyms: [
        "keepcheckpoints", "checkpoints", "keepcheckpointsnum", "maxtokeep", "savetotallimit", "savetopk", "retention",
      ],
      "which checkpoints are kept"),
    Key(
      "max_failures", \.rules.maxFailures, .integer(from: 1), isSafe: true, isAlwaysWritten: true,
      synonyms: ["retries"], "failed attempts at one interval before the member is replaced"),
    Key(
      "hang_timeout", \.hangTimeout, .timeSpan(from: .milliseconds(1)), isSafe: true, isAlwaysWritten: true,
      synonyms: ["timeout"], "how long a trainer may make no progress before it counts as hung"),
    Key(
      "stop_timeout", \.stopTimeout, .timeSpan(from: .zero), isSafe: true, isAlwaysWritten: true,
      "how long intervals in flight may continue after the run was asked to stop"),
    Key(
      "resources", default: "no GPU", isSafe: true, isAlwaysWritten: true,
      keys: [
        Key(
          "gpus", \.resources.gpus, .integer(from: 0, to: 10_000), isAlwaysWritten: true, synonyms: ["gpu"],
          "GPUs that each worker sees"),
        Key(
          "workers_per_gpu", \.resources.workersPerGPU, .integer(from: 1, to: 10_000), isAlwaysWritten: true,
          "workers that share a GPU"),
        Key(
          "cpus", optional: \.resources.cpus, .integer(from: 1, to: 10_000),
          default: "the available processors, divided by the workers", synonyms: ["cpu", "threads"],
          "threads that numeric libraries may use per worker"),
      ], "the share of the machine each worker gets"),
  ]
}
