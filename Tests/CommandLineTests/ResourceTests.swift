import Foundation
import PoptrainJSON
import Testing

@Suite struct ResourceTests {
  @Test func `A trainer sees its GPUs, its threads and who it is`() async throws {
    // The tests run the program with CUDA_VISIBLE_DEVICES=4,5,6,7.
    let folder = try Example.folder(
      Example.experiment(more: "resources: {gpus: 2, cpus: 3}").replacing("workers: 2", with: "workers: auto"),
      trainer: """
        import json, os, poptrain
        for interval in poptrain.intervals():
            with open("environment-" + os.environ["POPTRAIN_WORKER"], "w") as file:
                json.dump(dict(os.environ), file)
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.output.contains("2 workers"), "\(run.output) \(run.errors)")
    var runs: Set<String?> = []
    for (worker, gpus) in ["4,5", "6,7"].enumerated() {
      let environment = try JSON.parse(folder.read("environment-\(worker)"))
      #expect(environment["CUDA_VISIBLE_DEVICES"]?.text == gpus)
      for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"] {
        #expect(environment[name]?.text == "3")
      }
      #expect(environment["PYTHONUNBUFFERED"]?.text == "1")
      #expect(environment["POPTRAIN_PROTOCOL"]?.text == "1")
      runs.insert(environment["POPTRAIN_RUN_ID"]?.text)
    }
    #expect(runs.count == 1 && runs.first??.isEmpty == false)
  }

  @Test func `A trainer is as nice as the program`() async throws {
    let folder = try Example.folder(
      Example.experiment(),
      trainer: """
        import os, poptrain
        for interval in poptrain.intervals():
            print(os.nice(0), file=open("nice", "w"))
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.runShell("nice -n 3 nice; nice -n 3 poptrain run experiment.yaml", in: folder)
    #expect(try run.lines.first == folder.read("nice").trimmingCharacters(in: .newlines), "\(run.output) \(run.errors)")
  }

  @Test func `More GPUs than there are is said before anything is made`() async throws {
    let folder = try Example.folder(Example.experiment(workers: 5, more: "resources: {gpus: 1}"))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("5 workers need 5 GPUs, but 4 are visible"))
    #expect(folder.names == ["experiment.yaml", "train.py"])
  }
}
