/// A program to run as a trainer.
public struct TrainerProgram: Hashable, Sendable {
  /// Program and arguments; never given to a shell.
  public var command: [String]
  /// The working directory.
  public var folder: String
  /// All of its environment.
  public var environment: [String: String]
  /// The file that its output is appended to.
  public var logPath: String
  /// How long it may make no progress.
  public var hangTimeout: Duration

  /// Describes a program.
  public init(
    command: [String], folder: String, environment: [String: String], logPath: String, hangTimeout: Duration
  ) {
    self.command = command
    self.folder = folder
    self.environment = environment
    self.logPath = logPath
    self.hangTimeout = hangTimeout
  }
}
