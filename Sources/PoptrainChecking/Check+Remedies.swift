internal import PoptrainExperimentFile
internal import Foundation

/// What to do about a hyperparameter that has too little effect. Each is told in full once.
enum Remedy: Hashable, Sendable {
  case setAfterLoading
  case followScheduler
}

// What to do, in the user's own names.
extension Check {
  static let guardingEvaluations =
    "`if interval.is_evaluation:` load, measure and report, and go on with the next, before anything is trained"

  /// How repetitions become the same.
  var seeding: String {
    let exact = "then repetitions give the same result, and every test here is exact"
    guard experiment.trainer.contract == .session else {
      return "seed every generator from the placeholder {seed}: \(exact)"
    }
    return """
      seed first, in each interval: \(exact). In one line: `import random, numpy, torch; random.seed(interval.seed); \
      numpy.random.seed(interval.seed); torch.manual_seed(interval.seed)`
      """
  }

  /// What to do where loading brings back the value of a hyperparameter.
  func settingAfterLoading(_ name: String) -> String {
    told(.setAfterLoading, at: name, short: { "as at \($0): after loading, \(setting(name))" }) {
      """
      loading a checkpoint brings back the value that it was trained under: an optimizer's state holds the learning rate, for \
      one. \(usingHelper ?? "Set the given value after loading: \(setting(name))\(rebuildingScheduler)")
      """
    }
  }

  /// What to do where the value is overwritten after loading, or may be.
  func followingScheduler(_ name: String) -> String {
    told(.followScheduler, at: name, short: { "as at \($0): \(applied(name))" }) {
      """
      something may bring the old value back soon after it was set: a restored scheduler does with its next step\
      \(program.mayUseTorch ? ", whatever `lr` each group has" : ""). \(usingHelper ?? afterScheduler). And declare what the \
      scheduler computes from, so that it is read again at the end of the interval: \(applied(name))\(hasMaximum(name)). A \
      value that matters early only, or a metric that hardly moves any more, looks the same
      """
    }
  }

  private var program: PythonProgram { PythonProgram(experiment.trainer, in: folder) }

  /// The helper of the framework, where one does all this.
  private var usingHelper: String? {
    guard experiment.trainer.contract == .session, let framework = program.frameworkWithoutHelper else { return nil }
    return "Let `\(framework.helper)` load the checkpoint: it sets every value where \(framework.rawValue) keeps it "
      + "(docs/frameworks.md)"
  }

  private var rebuildingScheduler: String {
    guard program.mayUseTorch else { return "" }
    return ". The state of a scheduler, other than a ReduceLROnPlateau, holds the old rate too: \(buildingAnew)"
  }

  private var afterScheduler: String {
    program.mayUseTorch
      ? "As for its state, \(buildingAnew)" : "Give the new value to everything restored that computes with the old one"
  }

  /// What is right for every scheduler of PyTorch, wherever it keeps its rates.
  private var buildingAnew: String {
    let isSession = experiment.trainer.contract == .session
    return "do not load it, but set each group's `lr` and `initial_lr` after the optimizer is loaded, then build the "
      + "scheduler with the given value, and step it to the age of the model: `for _ in range(\(isSession ? "interval.start" : "start")): scheduler.step()`"
      + (isSession ? ". Or let `poptrain.torch.State` load it all" : "")
  }

  /// Where one scheduler has its rate instead.
  private func hasMaximum(_ name: String) -> String {
    guard experiment.trainer.contract == .session, program.mayUseTorch, optimizerKey(name) == "lr" else { return "" }
    return "; under a OneCycleLR that is `optimizer.param_groups[0][\"max_lr\"]`"
  }

  private func told(_ remedy: Remedy, at name: String, short: (String) -> String, long: () -> String) -> String {
    if let other = toldRemedies[remedy], other != name { return short(other) }
    toldRemedies[remedy] = name
    return long()
  }

  /// The line that sets a value, where it can be guessed.
  private func setting(_ name: String) -> String {
    guard experiment.trainer.contract == .session else { return "the value of {\(name)}" }
    guard program.mayUseTorch, let key = optimizerKey(name) else {
      return "what `interval[\"\(name)\"]` says, wherever it is used"
    }
    return "`for group in optimizer.param_groups: group[\"\(key)\"] = interval[\"\(name)\"]`"
  }

  /// The line that declares a value.
  private func applied(_ name: String) -> String {
    guard experiment.trainer.contract == .session else { return "report it as `in_force` in the file {result}" }
    let source =
      switch program.mayUseTorch ? optimizerKey(name) : nil {
      case nil: "…"
      case "lr"?: "scheduler.base_lrs[0]"
      case let key?: "optimizer.param_groups[0][\"\(key)\"]"
      }
    let isIdentifier = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && name.first?.isNumber == false
    return isIdentifier
      ? "`interval.applied(\(name)=lambda: \(source))`" : "`interval.applied({\"\(name)\": lambda: \(source)})`"
  }

  /// What PyTorch's optimizers call it.
  private func optimizerKey(_ name: String) -> String? {
    let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    if words.contains("lr") || words.suffix(2) == ["learning", "rate"] || words.last == "learningrate" { return "lr" }
    let keys = ["momentum", "weight_decay", "dampening", "nesterov", "eps", "rho"]
    return keys.first { words.joined(separator: "_").hasSuffix($0) }
  }
}
