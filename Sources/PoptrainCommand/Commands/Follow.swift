import ArgumentParser
import Foundation
import Glibc
import PoptrainExperimentFile
import PoptrainTrainers

struct Follow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Write a run to a tracker, also while it is being trained.",
    discussion: """
      poptrain follow runs/digits --tensorboard boards/digits
      poptrain follow runs/digits --mlflow http://localhost:5000
      poptrain follow runs/digits --mlflow sqlite:///mlflow.db
      poptrain follow runs/digits --wandb      offline: WANDB_MODE=offline
      poptrain follow runs/digits --trackio    on this machine

      Each member becomes one run of the tracker. It ends when the run is finished. After Ctrl-C or a crash the same \
      command resumes: no point is lost or repeated. It needs Python with `pip install poptrain` and the tracker's \
      package.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: ArgumentHelp("Write event files into this folder.", valueName: "folder")) var tensorboard: String?
  @Option(help: ArgumentHelp("Write to the MLflow at this address.", valueName: "uri")) var mlflow: String?
  @Flag(help: "Write to Weights & Biases.") var wandb = false
  @Flag(help: "Write to Trackio.") var trackio = false

  func validate() throws {
    guard trackers.count == 1 else {
      throw ValidationError("name one tracker: --tensorboard, --mlflow, --wandb or --trackio")
    }
  }

  /// The trackers as the Python package takes them.
  private var trackers: [[String]] {
    [
      tensorboard.map { ["--tensorboard", $0] }, mlflow.map { ["--mlflow", $0] }, wandb ? ["--wandb"] : nil,
      trackio ? ["--trackio"] : nil,
    ].compactMap(\.self)
  }

  /// Becomes Python, so that signals and the exit status are those of the package.
  func run() throws {
    let beside = URL(fileURLWithPath: thisProgram).deletingLastPathComponent().path
    let programs = Programs.ofThisMachine()
    guard let python = programs.find("./python3", in: beside) ?? programs.find("python3", in: ".") else {
      throw unavailable("there is no python3, neither in \(beside) nor on PATH: install Python 3.10 or later")
    }
    let remedy = "install the client with `\(python) -m pip install poptrain==\(Release.version)`"
    let words =
      [python, "-c", Follow.start, remedy, "--program", thisProgram] + trackers.joined() + ["--", argument.directory]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    execv(python, &arguments)
    throw unavailable("\(python) cannot be started: \(String(cString: strerror(errno)))")
  }

  private func unavailable(_ reason: String) -> ExitStatus {
    complain("error: \(reason)")
    return .trainerNeverWorked
  }

  /// `python3 -m poptrain.follow`, which says how to install the package where it is missing.
  private static let start = """
    import sys
    remedy = sys.argv.pop(1)
    try:
        from poptrain.follow import main
    except ModuleNotFoundError as error:
        sys.stderr.write(f"error: {error}: {remedy}\\n")
        sys.exit(69)
    main()
    """
}
