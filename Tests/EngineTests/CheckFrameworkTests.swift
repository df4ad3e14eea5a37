@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// What a check recommends where the trainer uses a framework that keeps values in places of its own.
@Suite struct CheckFrameworkTests {
  @Test(arguments: [
    ("import stable_baselines3", "poptrain.sb3"), ("from stable_baselines3 import PPO", "poptrain.sb3"),
    ("import numpy, keras", "poptrain.keras"), ("from transformers.trainer import Trainer", "poptrain.transformers"),
    ("import kerasx", nil), ("text = 'import keras'", nil), ("import keras, poptrain.keras", nil),
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
}
