@testable import PoptrainChecking
@testable import PoptrainEngine
import Foundation
import Testing

/// What a check recommends where the trainer uses a framework that keeps values in places of its own.
@Suite struct CheckFrameworkTests {
  @Test(arguments: [
    ("import stable_baselines3", "poptrain.sb3"), ("from stable_baselines3 import PPO", "poptrain.sb3"),
    ("import numpy, keras", "poptrain.keras"), ("from transformers.trainer import Trainer", "poptrain.transformers"),
    ("import kerasx, torch", nil), ("text = 'import keras'\n    import torch", nil),
    ("import keras, poptrain.keras, torch", nil),
    ("import sklearn.linear_model\n    model.partial_fit(x, y)", "poptrain.sklearn"),
    ("import sklearn.datasets, torch", nil),
  ])
  func theHelperOfTheFrameworkIsNamed(line: String, helper: String?) async throws {
    let unrun = "if False:\n    \(line)\n"
    let (_, findings) = try await TrainerFolder(unrun + CheckEffectTests.forgetful()).check()
    let remedy = try #require(findings[CheckEffectTests.rate]?.remedy)
    if let helper {
      #expect(remedy.contains("Let `\(helper)` load the checkpoint") && !remedy.contains("param_groups"), "\(remedy)")
    } else {
      #expect(remedy.contains("param_groups"), "\(remedy)")
    }
  }

  /// A module is read where it is imported, and not for lying beside the trainer.
  @Test(arguments: [("import model", true), ("from pkg import model", true), ("import torch", false)])
  func onlyWhatTheTrainerImportsIsItsFramework(line: String, isFound: Bool) async throws {
    let trainer = try TrainerFolder("if False:\n    \(line)\n" + CheckEffectTests.forgetful())
    for name in ["model.py", "pkg/model.py"] {
      let file = URL(filePath: trainer.path).appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("import stable_baselines3".utf8).write(to: file)
    }
    let (_, findings) = try await trainer.check()
    let remedy = try #require(findings[CheckEffectTests.rate]?.remedy)
    #expect(remedy.contains("poptrain.sb3") == isFound, "\(remedy)")
  }

  @Test func whereThereIsNoTorchNothingOfItIsRecommended() async throws {
    let (_, findings) = try await TrainerFolder("import math\n" + CheckEffectTests.forgetful()).check()
    let remedy = try #require(findings[CheckEffectTests.rate]?.remedy)
    #expect(remedy.contains("what `interval[\"learning_rate\"]` says"), "\(remedy)")
    #expect(!remedy.contains("param_groups") && !remedy.contains("torch"), "\(remedy)")
  }
}
