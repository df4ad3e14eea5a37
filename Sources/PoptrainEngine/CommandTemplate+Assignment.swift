internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainTrainers

extension CommandTemplate {
  /// The argv for an assignment.
  func filled(_ assignment: Assignment, resultPath: String, space: Space) -> [String] {
    let values = assignment.hyperparameters
    let args = space.hyperparameters.compactMap { hyperparameter in
      values[hyperparameter.name].map { "--\(hyperparameter.name)=\($0)" }
    }
    return filled(args: args) { placeholder in
      if let value = values[placeholder] { return value.description }
      return switch placeholder {
      case "load": assignment.checkpoint ?? ""
      case "save": assignment.saveTo
      case "start": "\(assignment.ages.lowerBound)"
      case "stop": "\(assignment.ages.upperBound)"
      case "seed": "\(assignment.seed)"
      case "member": "\(assignment.member)"
      case "member_steps": "\(assignment.memberSteps)"
      case "donor": assignment.donor.map { "\($0)" } ?? ""
      case "kind": assignment.kindName
      case "result": resultPath
      case "hyperparameters": JSON(values, in: space).description
      default: nil
      }
    }
  }
}
