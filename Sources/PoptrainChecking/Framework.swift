/// A framework with a state of its own, in which a value is not set as in plain PyTorch. Each has a helper.
enum Framework: String, CaseIterable {
  case stableBaselines = "stable_baselines3"
  case trl, transformers, lightning, keras
  case flax, optax
  case scikitLearn = "sklearn"

  /// The helper that loads, sets each value and saves.
  var helper: String {
    switch self {
    case .stableBaselines: "poptrain.sb3"
    case .trl, .transformers: "poptrain.transformers"
    case .lightning: "poptrain.lightning"
    case .keras: "poptrain.keras"
    case .flax, .optax: "poptrain.optax"
    case .scikitLearn: "poptrain.sklearn"
    }
  }
}
