/// A program to run as a trainer.
package struct TrainerProgram: Hashable, Sendable {
  /// Program and arguments; never given to a shell.
  package var command: [String]
  /// The working directory.
  package var folder: String
  /// All of its environment.
  package var environment: [String: String]
  /// The file that its output is appended to.
  package var logPath: String
  /// How long it may make no progress.
  package var hangTimeout: Duration

  /// Describes a program.
  package init(
    command: [String], folder: String, environment: [String: String], logPath: String, hangTimeout: Duration
  ) {
    self.command = command
    self.folder = folder
    self.environment = environment
    self.logPath = logPath
    self.hangTimeout = hangTimeout
  }
}
