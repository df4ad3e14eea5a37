package import PoptrainRuns
package import PoptrainExperimentFile
package import PopulationBasedTraining
package import PoptrainTrainers

extension Experiment.Trainer {
  /// Whether it is told that an evaluation is a test: a session always, a command by `{kind}`.
  package func isToldOfTests(_ space: Space) -> Bool {
    guard contract == .command, let template = try? CommandTemplate(command) else { return true }
    return template.placeholders.contains("kind") && space["kind"] == nil
  }
}

extension Experiment {
  /// Makes the trainer of a worker.
  package func makeTrainer(folder: String, environment: [String: String], logPath: String) throws(RunError)
    -> any PoptrainTrainers.Trainer
  {
    let program = TrainerProgram(
      command: trainer.command, folder: folder, environment: environment, logPath: logPath, hangTimeout: hangTimeout)
    switch trainer.contract {
    case .session:
      return SessionTrainer(program, space: rules.space, intervalsPerProcess: trainer.intervalsPerProcess)
    case .command:
      guard let template = try? CommandTemplate(trainer.command) else {
        preconditionFailure("the template was checked when the experiment was read")
      }
      let space = rules.space
      return CommandTrainer(
        program, metric: metric, writesResult: template.placeholders.contains("result")
      ) { assignment, result in template.filled(assignment, resultPath: result, space: space) }
    case .inProcess:
      throw .inProcess(type: trainer.command[0])
    }
  }
}
