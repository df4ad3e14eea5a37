package import PoptrainRuns
package import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// What of the machine each worker gets, as the environment of its trainer.
package struct WorkerEnvironment: Sendable {
  /// The machine, as far as it matters here.
  package struct Machine: Hashable, Sendable {
    /// The environment of this process.
    package var environment: [String: String]
    /// How many processors this process may use.
    package var processors: Int
    /// The GPUs that the machine has, by the names that CUDA knows them by.
    package var gpus: [String]

    /// Describes a machine.
    package init(environment: [String: String], processors: Int, gpus: [String]) {
      self.environment = environment
      self.processors = processors
      self.gpus = gpus
    }

    /// This machine.
    package static var current: Machine {
      let devices = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
      let numbers = devices.filter { $0.hasPrefix("nvidia") }.compactMap { Int($0.dropFirst(6)) }.sorted()
      return Machine(
        environment: ProcessInfo.processInfo.environment, processors: Processors.allowed,
        gpus: numbers.map(String.init))
    }

    /// The GPUs within the mask that is set already.
    var visibleGPUs: [String] {
      guard let mask = environment["CUDA_VISIBLE_DEVICES"] else { return gpus }
      // CUDA sees nothing from the first number on that it does not know.
      return mask.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.prefix { $0 != "-1" }.map(
        \.self)
    }
  }

  /// The variables with which numeric libraries choose their threads.
  package static let threadVariables = [
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
  ]

  /// How many workers there are.
  package let workers: Int
  private let experiment: Experiment
  private let machine: Machine
  private let runID: String

  /// Divides a machine among the workers of an experiment.
  package init(_ experiment: Experiment, on machine: Machine, runID: String) throws(RunError) {
    let resources = experiment.resources
    let gpus = machine.visibleGPUs.count
    let wanted: Int
    switch experiment.workers {
    case .count(let count): wanted = count
    case .auto where resources.gpus > 0: wanted = max(1, gpus / resources.gpus * resources.workersPerGPU)
    case .auto: wanted = max(1, machine.processors / max(1, resources.cpus ?? 1))
    }
    workers = min(wanted, experiment.rules.populationSize)
    let needed = (workers + resources.workersPerGPU - 1) / resources.workersPerGPU * resources.gpus
    guard needed <= gpus else { throw .tooFewGPUs(workers: workers, needed: needed, visible: gpus) }
    self.experiment = experiment
    self.machine = machine
    self.runID = runID
  }

  /// The whole environment of the trainer of a worker.
  package func variables(worker: Int) -> [String: String] {
    // Poptrain's own, such as a token, are not a trainer's; nor are those of a run that this engine is itself a trainer of.
    var variables = machine.environment.filter { !$0.key.hasPrefix("POPTRAIN_") }
    let resources = experiment.resources
    variables["PYTHONUNBUFFERED"] = "1"
    for name in WorkerEnvironment.threadVariables {
      if let cpus = resources.cpus {
        variables[name] = "\(cpus)"
      } else if variables[name] == nil {
        variables[name] = "\(max(1, machine.processors / workers))"
      }
    }
    if resources.gpus > 0 {
      let first = worker / resources.workersPerGPU * resources.gpus
      variables["CUDA_VISIBLE_DEVICES"] = machine.visibleGPUs[first..<first + resources.gpus].joined(separator: ",")
    }
    variables.merge(experiment.trainer.environment) { $1 }
    variables["POPTRAIN_PROTOCOL"] = "\(Release.trainerProtocol)"
    variables["POPTRAIN_RUN_ID"] = runID
    variables["POPTRAIN_WORKER"] = "\(worker)"
    return variables
  }
}
