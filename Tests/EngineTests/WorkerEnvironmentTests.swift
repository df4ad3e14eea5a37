@testable import PoptrainRuns
@testable import PoptrainEngine
import PoptrainExperimentFile
import PopulationBasedTraining
import Testing

@Suite struct WorkerEnvironmentTests {
  private func experiment(_ more: String) throws -> Experiment {
    try ExperimentFile.parse(
      text: """
        trainer: {command: [python3, train.py], env: {MINE: "1"}}
        metric: value
        mode: max
        population_size: 8
        steps: 10
        interval: 5
        hyperparameters: {rate: {uniform: [0, 1]}}
        \(more)
        """, path: "/somewhere/experiment.yaml")
  }

  private func machine(processors: Int = 8, gpus: [String] = [], _ environment: [String: String] = [:])
    -> WorkerEnvironment.Machine
  {
    WorkerEnvironment.Machine(environment: environment, processors: processors, gpus: gpus)
  }

  @Test(arguments: [
    ("workers: auto", 8), ("workers: 3", 3), ("workers: 100", 8), ("resources: {cpus: 4}", 2),
    ("resources: {gpus: 1}", 4), ("resources: {gpus: 2}", 2), ("resources: {gpus: 1, workers_per_gpu: 2}", 8),
  ])
  func `The number of workers follows from what each needs`(more: String, expected: Int) throws {
    let environment = try WorkerEnvironment(experiment(more), on: machine(gpus: ["0", "1", "2", "3"]), runID: "r")
    #expect(environment.workers == expected)
  }

  @Test func `Threads are the processors divided by the workers, unless said otherwise`() throws {
    func threads(_ more: String, _ outer: [String: String] = [:]) throws -> String? {
      try WorkerEnvironment(experiment(more), on: machine(outer), runID: "r").variables(worker: 0)["OMP_NUM_THREADS"]
    }
    #expect(try threads("workers: 2") == "4")
    #expect(try threads("workers: 8") == "1")
    #expect(try threads("workers: 2", ["OMP_NUM_THREADS": "3"]) == "3")
    #expect(try threads("workers: 2\nresources: {cpus: 2}", ["OMP_NUM_THREADS": "3"]) == "2")
  }

  @Test func `The experiment's environment overrides all but what names the run`() throws {
    let experiment = try ExperimentFile.parse(
      text: """
        trainer: {command: [python3, train.py], env: {OMP_NUM_THREADS: "7", POPTRAIN_RUN_ID: mine}}
        metric: value
        mode: max
        steps: 10
        interval: 5
        hyperparameters: {rate: {uniform: [0, 1]}}
        """, path: "/somewhere/experiment.yaml")
    let variables = try WorkerEnvironment(experiment, on: machine(["HOME": "/h"]), runID: "r").variables(worker: 1)
    #expect(variables["OMP_NUM_THREADS"] == "7")
    #expect(variables["POPTRAIN_RUN_ID"] == "r")
    #expect(variables["POPTRAIN_WORKER"] == "1")
    #expect(variables["POPTRAIN_PROTOCOL"] == "1")
    #expect(variables["HOME"] == "/h")
  }

  @Test func `Workers see their own GPUs, within the mask that is set`() throws {
    let outer = machine(gpus: ["0", "1", "2", "3"], ["CUDA_VISIBLE_DEVICES": "2, GPU-abc,5"])
    let one = try WorkerEnvironment(experiment("workers: 3\nresources: {gpus: 1}"), on: outer, runID: "r")
    #expect((0..<3).map { one.variables(worker: $0)["CUDA_VISIBLE_DEVICES"] } == ["2", "GPU-abc", "5"])
    let shared = try WorkerEnvironment(
      experiment("workers: 4\nresources: {gpus: 1, workers_per_gpu: 2}"), on: outer, runID: "r")
    #expect((0..<4).map { shared.variables(worker: $0)["CUDA_VISIBLE_DEVICES"] } == ["2", "2", "GPU-abc", "GPU-abc"])
    let pairs = try WorkerEnvironment(experiment("workers: 1\nresources: {gpus: 2}"), on: outer, runID: "r")
    #expect(pairs.variables(worker: 0)["CUDA_VISIBLE_DEVICES"] == "2,GPU-abc")
    let none = try WorkerEnvironment(experiment("workers: 2"), on: outer, runID: "r")
    #expect(none.variables(worker: 0)["CUDA_VISIBLE_DEVICES"] == "2, GPU-abc,5")
  }

  @Test func `Too few GPUs are said before anything is made`() throws {
    #expect(throws: RunError.self) {
      try WorkerEnvironment(experiment("workers: 3\nresources: {gpus: 2}"), on: machine(gpus: ["0"]), runID: "r")
    }
  }
}
