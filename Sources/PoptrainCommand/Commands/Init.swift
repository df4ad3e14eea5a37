import ArgumentParser
import Foundation
import PoptrainEngine
import PoptrainRuns
import PoptrainText

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write an experiment file and a small trainer to start from.",
    discussion: """
      poptrain init                          experiment.yaml and train.py, here
      poptrain init mine --template torch    into the folder mine, for PyTorch

      The templates python, numpy, torch and jax need Python and Poptrain's client, which `pip install poptrain` \
      installs. The template command needs Python alone; its trainer can be any program with arguments.
      """)

  @Argument(help: "The folder to write into.", completion: .directory) var folder = "."

  @Option(help: "What the trainer is written with.") var template = Template.python

  func run() throws {
    let files = template.files
    for name in files.keys.sorted() where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      complain("error: \(folder)/\(name) exists already; nothing was written. Name another folder: poptrain init DIR")
      throw ExitStatus.badData
    }
    try WholeFile.write(files, into: folder)
    let path = shellPath(folder == "." ? "experiment.yaml" : "\(folder)/experiment.yaml")
    say("wrote experiment.yaml and train.py. Next:")
    say("  poptrain check \(path)")
    say("  poptrain run \(path)")
  }

  /// What can be written: the files in `Templates`.
  enum Template: String, ExpressibleByArgument, CaseIterable {
    case python, numpy, torch, jax, command

    /// The files, by their names.
    var files: [String: String] {
      let (experiment, trainer) =
        switch self {
        case .python: (PackageResources.session_yaml, PackageResources.train_python_py)
        case .numpy: (PackageResources.session_yaml, PackageResources.train_numpy_py)
        case .torch: (PackageResources.session_yaml, PackageResources.train_torch_py)
        case .jax: (PackageResources.session_yaml, PackageResources.train_jax_py)
        case .command: (PackageResources.command_yaml, PackageResources.train_command_py)
        }
      return [
        "experiment.yaml": String(decoding: experiment, as: UTF8.self),
        "train.py": String(decoding: trainer, as: UTF8.self),
      ]
    }
  }
}
