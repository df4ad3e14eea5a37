internal import ExperimentFile
internal import JSON
internal import PopulationBasedTraining
internal import Trainers

extension Experiment {
  /// What has changed since a run was last started, in words; throws where a run cannot go on with a change.
  func acceptedChanges(from recorded: String, in directory: RunDirectory) throws(RunError) -> [String] {
    let old: Experiment
    do {
      old = try ExperimentFile.parse(text: recorded, path: directory.experimentFile)
    } catch {
      throw .changed(path: directory.path, changes: ["the recorded experiment cannot be read: \(error)"])
    }
    let changes = changes(from: old)
    let unsafe = changes.filter { !$0.isSafe }
    guard unsafe.isEmpty else { throw .changed(path: directory.path, changes: unsafe.map(\.description)) }
    return changes.map(\.description)
  }
}

extension CommandTemplate {
  /// The argv for an assignment.
  func filled(_ assignment: Assignment, resultPath: String, space: Space) -> [String] {
    let values = assignment.hyperparameters
    let args = space.hyperparameters.compactMap { hyperparameter in
      values[hyperparameter.name].map { "--\(hyperparameter.name)=\($0)" }
    }
    return filled(args: args) { placeholder in
      switch placeholder {
      case "load": assignment.checkpoint ?? ""
      case "save": assignment.saveTo
      case "start": "\(assignment.ages.lowerBound)"
      case "stop": "\(assignment.ages.upperBound)"
      case "seed": "\(assignment.seed)"
      case "member": "\(assignment.member)"
      case "result": resultPath
      case "hyperparameters": JSON(values, in: space).description
      default: values[placeholder]?.description
      }
    }
  }
}
