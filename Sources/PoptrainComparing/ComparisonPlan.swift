internal import Foundation
package import PoptrainEngine
package import PoptrainRuns
package import PoptrainExperimentFile
package import PopulationBasedTraining

/// Which runs a comparison consists of: the experiment as written and each alternative, with the same seeds.
///
/// Runs of one seed are a pair: the engine gives their members the same first hyperparameters and trainer seeds.
package struct ComparisonPlan: Sendable {
  /// The experiment as written, with the first seed.
  package let experiment: Experiment
  /// The experiment itself, ``Alternative/baseline``, and what it is compared with.
  package let alternatives: [Alternative]
  /// The seeds, one run of each alternative for each.
  package let seeds: [UInt64]
  /// What is compared of a run.
  package let reported: ReportedMetric
  /// What selection compared.
  let selected: ReportedMetric
  /// Whether the trainer measures that in a test of the chosen checkpoints when the runs are over.
  package let isTested: Bool
  /// The folder of the runs.
  package let directory: RunDirectory
  /// The folder in which trainers run.
  package let folder: String
  /// The runs, ordered by seed, so that an interrupted comparison still has pairs.
  package let runs: [PlannedRun]

  /// Plans the runs.
  ///
  /// - Parameters:
  ///   - experiment: the experiment file.
  ///   - firstSeed: the first seed, instead of the file's.
  ///   - report: the metric of the best checkpoint that is compared; none: the one that selection compares.
  ///   - isTested: whether the chosen checkpoints are tested when the runs are over.
  ///   - directory: the folder of the runs, `<alternative>-seed<seed>` in it.
  ///   - folder: the folder in which trainers run.
  package init(
    _ experiment: Experiment, with alternatives: [Alternative], seedCount: Int, firstSeed: UInt64? = nil,
    report: ReportedMetric? = nil, isTested: Bool = false, in directory: RunDirectory, folder: String
  ) throws(WrongComparison) {
    let all = [.baseline] + alternatives
    var names: [Experiment: String] = [:]
    for alternative in all {
      let changed = alternative.changing(experiment)
      if let other = names.updateValue(alternative.name, forKey: changed) {
        throw WrongComparison(
          "`\(other)` and `\(alternative.name)` are the same experiment, so there is nothing to compare; leave one out")
      }
      do {
        _ = try ExperimentFile.parse(text: changed.yaml, path: "the experiment with \(alternative.name)")
      } catch {
        throw WrongComparison("`\(alternative.name)` does not go with this experiment:\n\(error)")
      }
    }
    guard !isTested || experiment.trainer.isToldOfTests(experiment.rules.space) else {
      throw WrongComparison(
        "the trainer cannot tell a test from training, since its command has no placeholder `{kind}`; "
          + "add an argument such as `--kind={kind}`, which becomes train, evaluate or test")
    }
    let firstSeed = firstSeed ?? experiment.rules.seed
    let greatest = firstSeed + UInt64(seedCount) - 1
    guard greatest <= 1 << 53 else {
      throw WrongComparison(
        "with `seed: \(firstSeed)` the last of \(seedCount) seeds is \(greatest), more than 2^53; "
          + "write a smaller seed")
    }
    var begun = experiment
    begun.rules.seed = firstSeed
    self.experiment = begun
    self.isTested = isTested
    self.alternatives = all
    let seeds = (0..<UInt64(seedCount)).map { firstSeed + $0 }
    self.seeds = seeds
    self.directory = directory
    self.folder = folder
    selected = ReportedMetric(name: experiment.metric, mode: experiment.rules.mode, isSelected: true)
    reported = report ?? selected
    runs = seeds.flatMap { seed in
      all.map { alternative in
        PlannedRun(
          alternative: alternative, seed: seed, file: alternative.changing(experiment),
          directory: RunDirectory(path: "\(directory.path)/\(alternative.name)-seed\(seed)"))
      }
    }
  }

  /// The steps that the members of one run train together.
  package var stepsPerRun: Int { experiment.rules.steps * experiment.rules.populationSize }
}

/// What is compared of a run.
package struct ReportedMetric: Hashable, Sendable {
  /// The name under which the trainer reports it.
  package let name: String
  /// Whether more or less of it is better.
  package let mode: Rules.Mode
  /// Whether it is the very score that selection compared, and not another metric of the checkpoint that was selected.
  package let isSelected: Bool

  /// A metric of the best checkpoint.
  package init(name: String, mode: Rules.Mode, isSelected: Bool = false) {
    self.name = name
    self.mode = mode
    self.isSelected = isSelected
  }
}

/// One run of a comparison.
package struct PlannedRun: Sendable {
  /// Whose run it is.
  package let alternative: Alternative
  /// The seed.
  package let seed: UInt64
  /// The alternative as an experiment file, which may say another seed.
  package let file: Experiment
  /// Where.
  package let directory: RunDirectory

  /// What is run.
  package var experiment: Experiment {
    var experiment = file
    experiment.rules.seed = seed
    return experiment
  }
}

extension RunDirectory {
  /// The first seed of the comparison that was begun in this folder with another one than this experiment file says; none
  /// where there is none, or where the file has said another one since.
  package func firstSeedOfComparison(_ file: Experiment) -> UInt64? {
    guard let first = firstBaseline, !seedsOfComparison.contains(file.rules.seed) else { return nil }
    return (try? RecordedRun(first.run))?.file.rules.seed == file.rules.seed ? first.seed : nil
  }

  /// The name that the experiment had when the comparison in this folder was begun; none where there is none.
  package var nameOfComparison: String? { firstBaseline.flatMap { try? RecordedRun($0.run).experiment.name } }

  /// The first run of the experiment as written, of the comparison that was begun in this folder.
  fileprivate var firstBaseline: (seed: UInt64, run: RunDirectory)? {
    seedsOfComparison.min().map { ($0, RunDirectory(path: "\(path)/\(baselinePrefix)\($0)")) }
  }

  private var seedsOfComparison: [UInt64] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix(baselinePrefix) }.compactMap { UInt64($0.dropFirst(baselinePrefix.count)) }
  }
}

private let baselinePrefix = "\(Alternative.baseline.name)-seed"

extension Experiment {
  /// Checks that a new comparison, whose name follows from where its file is, is no comparison of the same experiment from
  /// when that was elsewhere.
  ///
  /// - Parameters:
  ///   - seed: the first seed instead of the file's; a comparison with another one is another one.
  ///   - command: what begins the comparison there.
  package func checkNewComparison(
    _ directory: RunDirectory, place: Place, seed: UInt64?, command: String
  ) throws(RunError) {
    guard directory.firstBaseline == nil else { return }
    for other in directory.siblings {
      if let first = other.firstBaseline, let name = earlierName(in: first.run, place: place, seed: seed) {
        throw .sameExperiment(path: directory.shown, found: other.shown, name: name, command: command)
      }
    }
  }
}

/// Why something cannot be compared.
package struct WrongComparison: Error, CustomStringConvertible {
  /// What is wrong, and what to do.
  package let description: String

  init(_ description: String) { self.description = description }
}
