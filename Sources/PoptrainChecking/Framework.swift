internal import Foundation
internal import PoptrainEngine
internal import PoptrainExperimentFile

/// A framework with a state of its own, in which a value is not set as in plain PyTorch. Each has a helper.
enum Framework: String, CaseIterable {
  case stableBaselines = "stable_baselines3"
  case trl, transformers, lightning, keras
  case flax, optax

  /// The helper that loads, sets each value and saves.
  var helper: String {
    switch self {
    case .stableBaselines: "poptrain.sb3"
    case .trl, .transformers: "poptrain.transformers"
    case .lightning: "poptrain.lightning"
    case .keras: "poptrain.keras"
    case .flax, .optax: "poptrain.optax"
    }
  }

  /// The one that a program in Python imports, and no helper with it; none where it is another.
  static func withoutHelper(in trainer: Experiment.Trainer, _ folder: String) -> Framework? {
    let texts = ProgramFiles.paths(of: trainer, in: folder).filter { $0.hasSuffix(".py") }
      .compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    let found = allCases.first { framework in texts.contains { imports(framework.rawValue, in: $0) } }
    return found.flatMap { framework in texts.contains { $0.contains(framework.helper) } ? nil : framework }
  }

  private static func imports(_ module: String, in text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      let words = line.split { $0.isWhitespace || $0 == "," }.map(String.init)
      guard ["import", "from"].contains(words.first) else { return false }
      return words.dropFirst().contains { $0 == module || $0.hasPrefix(module + ".") }
    }
  }
}
