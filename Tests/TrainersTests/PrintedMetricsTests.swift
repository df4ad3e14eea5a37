import PoptrainText
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

@Suite(.timeLimit(.minutes(20)))
struct `Printed metrics` {
  private func outcome(ofPrinting text: Data) async throws -> TrainerOutcome {
    let workshop = try Workshop()
    try text.write(to: URL(filePath: workshop.path + "/printed"))
    let trainer = CommandTrainer(workshop.program(), metric: "val_acc", writesResult: false) { _, _ in
      ["cat", "printed"]
    }
    return await trainer.train(try workshop.assignment())
  }

  @Test(arguments: [
    "val_acc=0.75", "val_acc: 0.75\r\n", "val_acc:\t0.75\n", "   val_acc : 0.75   ", "val_acc: 7.5e-1",
    "\u{1B}[32mval_acc: 0.75\u{1B}[0m",
    "\u{1B}[1mval_acc\u{1B}[0m=\u{1B}[36m0.75\u{1B}[0m", "\r 10%| val_acc=0.10\r100%| done\rval_acc=0.75\n",
    #"{"epoch": 1, "val_acc": 0.75, "name": "resnet", "ok": true, "x": null}"#, "val_acc=none\nval_acc=0.75",
    "val_acc=0.75\nval_acc=null",
  ])
  func `are read in plain forms`(_ text: String) async throws {
    #expect(try await outcome(ofPrinting: Data(text.utf8)).trained?.metrics["val_acc"] == 0.75)
  }

  @Test(arguments: ["val_acc=null", "val_acc: None", #"{"val_acc": null}"#])
  func `may say that something was not measured yet`(_ text: String) async throws {
    let trained = try #require(try await outcome(ofPrinting: Data(text.utf8)).trained)
    #expect(trained.metrics.isEmpty && trained.notMeasured == ["val_acc"])
  }

  @Test(arguments: ["{'eval_val_acc': 0.75, 'epoch': 1.0}", "done, eval/val_acc: 0.75 (best)"])
  func `with more before the name are quoted too`(_ line: String) async throws {
    let failure = try #require(try await outcome(ofPrinting: Data("\(line)\nloss=0.3\n".utf8)).failure)
    #expect(failure.message.contains("“\(line)”"), "\(failure.message)")
    #expect(failure.message.hasSuffix(#"such as print("val_acc=0.75")"#), "\(failure.message)")
  }

  @Test(
    arguments: [
      ("{'eval_loss': 0.45, 'val_acc': 0.75, 'epoch': 1.0}", "0.75"),
      ("938/938 - 2s - loss: 0.2912 - val_acc: 0.75 - 2s/epoch", "0.75"),
      ("┃      val_acc      │            0.75           │", "0.75"),
      ("2026-11-28 22:10:01,123 INFO trainer: val_acc: 0.75", "0.75"),
      ("[22:10] val_acc = 0.75", "0.75"), ("{metricName: val_acc, metricValue: 0.75}", "0.5"),
      ("val_acc=0.75%", "0.75"), ("val_acc: 75%", "75"),
      (#"{"epoch": 1, "eval": {"val_acc": 0.75}, "time": "10:00"}"#, "0.75"), ("val_acc: 0,75", "0.75"),
      ("val_acc: 1,234", "0.5"),
      ("val_acc=0.75 loss=0.3", "0.75"), ("val acc: 0.75", "0.75"), ("Val-Acc = 0.75", "0.75"),
      (#"  "val_acc": 0.75,"#, "0.75"),
      ("Epoch 3: 299/300 [00:01<00:02, 900.12it/s, val_acc=0.75]", "0.75"), ("val_acc 0.75", "0.75"),
      ("val_acc=tensor(0.75, device='cuda:0')", "0.5"),
    ])
  func `in other forms are quoted with what to print`(_ line: String, _ value: String) async throws {
    let text = "val_acc is measured\nbest_val_acc=0.9\n\u{1B}[32m\(line)\u{1B}[0m\nloss=0.3\n"
    let failure = try #require(try await outcome(ofPrinting: Data(text.utf8)).failure)
    #expect(failure.reason == .noMetric)
    let quoted = line.trimmingCharacters(in: .whitespaces)
    #expect(failure.message.contains("“\(quoted)”"), "\(failure.message)")
    #expect(failure.message.hasSuffix(#"such as print("val_acc=\#(value)")"#), "\(failure.message)")
  }

  @Test(arguments: [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian])
  func `in UTF-16 are said to be that`(_ encoding: String.Encoding) async throws {
    let text = try #require("loss: 0.3\nval_acc: 0.75\n".data(using: encoding))
    let failure = try #require(try await outcome(ofPrinting: text).failure)
    #expect(failure.message.contains("val_acc: 0.75") && failure.message.contains("in UTF-16"), "\(failure.message)")
    #expect(failure.message.hasSuffix(#"in UTF-8, such as print("val_acc=0.75")"#))
  }

  @Test func `that are nowhere are not made up`() async throws {
    #expect(try await outcome(ofPrinting: Data("best_val_acc=0.9\nloss: 0.3".utf8)).trained?.metrics.count == 2)
  }

  @Test func `are read after output without end, of which the end is kept`() async throws {
    let workshop = try Workshop("for _ in range(100): sys.stdout.write('x' * (1 << 20))\nprint('\\nval_acc=0.75')")
    let trainer = CommandTrainer(workshop.program(), metric: "val_acc", writesResult: false) { _, _ in
      [Workshop.python, "-S", "train.py"]
    }
    let trained = try #require(await trainer.train(try workshop.assignment()).trained)
    #expect(trained.metrics["val_acc"] == 0.75)
    let log = TrainerLog(path: workshop.path + "/trainer.log")
    let printed = log.read(try #require(trained.log).bytes)
    #expect(log.size > 100 << 20 && printed.lost > 30 << 20 && printed.bytes.count <= TrainerLog.kept + 65536)
  }
}
