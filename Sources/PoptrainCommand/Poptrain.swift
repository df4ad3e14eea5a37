import CPoptrain
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PoptrainJSON
import PoptrainStore
import PoptrainTrainers

@main
enum Program {
  /// The main thread only waits, for any signal. That of an asynchronous `main` would end, for which a static program first
  /// sorts the unwind tables of all that it contains: 70 ms of every command.
  static func main() {
    // First: what starts a task opens files, too.
    holdStandardDescriptors()
    Task.detached {
      await Poptrain.main()
      ExitStatus.done.exit()
    }
    var none = sigset_t()
    sigemptyset(&none)
    while true { sigsuspend(&none) }
  }
}

struct Poptrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poptrain",
    abstract: "Population Based Training: trains a population of models and finds their hyperparameter schedule.",
    discussion: """
      A first run, in an empty folder:

        poptrain init                     an experiment.yaml and a small trainer
        poptrain check experiment.yaml    runs the trainer through its paces
        poptrain run experiment.yaml      trains in runs/<name>; again: resumes
        poptrain best runs/<name>         the best model and where it is

      Exit status: 0 done, 64 wrong usage, 65 bad experiment file or data, 69 the trainer never worked, 70 a bug in \
      poptrain, 74 something could not be written, 75 stopped and can be resumed, 76 the same, because all processes \
      of a shared run were asked to stop, 77 `check` could not test everything, 130 interrupted twice.
      """,
    version: "poptrain \(Release.version), trainer protocol \(Release.trainerProtocol)",
    subcommands: [
      Init.self, DrawValues.self, CheckTrainer.self, Run.self, JoinRun.self, LaunchWorkers.self, StopRun.self,
      WatchRun.self, Compare.self,
      ServeDashboard.self,
      ShowStatus.self, Best.self, ShowSchedule.self, ShowLineage.self, ShowFindings.self, DrawFigure.self,
      WriteReport.self, Follow.self, Logs.self, RerunInterval.self, ReplaySchedule.self,
      ExportIntervals.self, AuditRun.self, CleanRun.self, RemoveRun.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      if StandardOutput.failure != nil { StandardOutput.endProcess(after: .failed) }
    } catch {
      exit(after: error)
    }
  }

  /// Says what went wrong, and ends with the exit status for it.
  private static func exit(after error: any Error) -> Never {
    StandardOutput.complainOfFailure()
    switch error {
    case let code as ExitStatus:
      code.exit()
    case let invalid as InvalidExperiment:
      complain("\(invalid)" + (invalid.isAbsent ? "; `poptrain init` writes an example to start from" : ""))
      ExitStatus.badData.exit()
    case let error as RunError:
      complain("error: \(error.withRemedy)")
      (error.isFailedWrite ? ExitStatus.outputFailed : error.mayPass ? .stopped : .badData).exit()
    default:
      // What the parser throws, help and wrong usage, has an exit status of its own.
      let code = exitCode(for: error)
      if code.isSuccess {
        say(fullMessage(for: error))
        ExitStatus.done.exit()
      }
      if code != .failure { exit(withError: error) }
      complain("error: \(error)\nThis is a bug in poptrain. Please report it.")
      ExitStatus.defect.exit()
    }
  }
}

/// The exit statuses, which scripts rely on.
enum ExitStatus: Int32, Error {
  case done = 0
  case badData = 65
  case trainerNeverWorked = 69
  case defect = 70
  case outputFailed = 74
  case stopped = 75
  case stoppedForAll = 76
  case untold = 77
  case interrupted = 130

  func exit() -> Never { Foundation.exit(rawValue) }
}

/// Writes a line to standard error. Where that fails there is nobody to tell.
func complain(_ message: String) {
  let message = harmless(message)
  let painted = Terminal.hasColor(STDERR_FILENO) ? message.withPaintedLabel : message
  try? FileHandle.standardError.write(contentsOf: Data((painted + "\n").utf8))
}

/// Writes a line to standard output, at once, for people.
func say(_ line: String = "") { say(exactly: harmless(line)) }

/// Writes a sentence to standard output; at the right edge of a terminal it breaks between words.
func say(sentence: String) {
  for line in harmless(sentence).broken(to: Terminal.width) { say(exactly: line) }
}

/// Writes a line to standard output, in color where that can be seen.
func say(_ line: Line) { say(exactly: line.written(inColor: Terminal.hasColor(), inUnicode: true)) }

/// Writes a value as a line of JSON, for a program to read.
func say(json value: some Encodable) throws { say(exactly: try JSON(encoding: value).description) }

/// Writes a line to standard output as it is, for a program to read.
func say(exactly line: String) { StandardOutput.write(Data((line + "\n").utf8)) }

/// Where this program is.
let thisProgram = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path

/// The place of a run, as the commands that read one take it.
struct RunOption: ParsableArguments {
  @Argument(
    help: "The folder of the run, such as runs/digits, s3://bucket/prefix, or postgresql://host/database/run.",
    completion: .directory)
  var directory: String

  func open() throws -> RecordedRun {
    try RecordedRun(RunDirectory(place: directory))
  }
}
