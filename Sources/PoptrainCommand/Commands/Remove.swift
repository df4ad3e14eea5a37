import ArgumentParser
import Foundation
import PoptrainEngine
import PoptrainRuns
import PoptrainText

struct RemoveRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Delete a run: its history, its checkpoints and its logs.",
    discussion: """
      poptrain remove runs/digits           asks before it deletes anything
      poptrain remove runs/digits --yes     does not ask

      A run that is being trained is not removed. Files in the folder that do not belong to it are kept. To keep a \
      model, copy it out first: poptrain best runs/digits --copy model
      """)

  @OptionGroup var argument: RunOption
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

  func run() throws {
    let directory = try RunDirectory(place: argument.directory)
    let removal = try Removal(directory)
    let what = "\(counted(removal.checkpoints, "checkpoint")), \(spoken(bytes: removal.bytes))"
    guard try yes || isConfirmed("remove \(directory.shown): \(what)?") else { return say("nothing was removed") }
    try removal.remove()
    say("removed \(directory.shown): \(what)")
    guard !removal.foreign.isEmpty else { return }
    let names = removal.foreign.prefix(5).map(harmless).joined(separator: ", ")
    let more = removal.foreign.count > 5 ? " and \(grouped(removal.foreign.count - 5)) more" : ""
    say("the folder stays, with what is not of the run: \(names)\(more)")
  }

  private func isConfirmed(_ question: String) throws -> Bool {
    guard isatty(STDIN_FILENO) == 1 else {
      throw ValidationError("there is no terminal to ask on, and nothing was removed; --yes removes without asking")
    }
    try? FileHandle.standardError.write(contentsOf: Data((question + " [y/N] ").utf8))
    return ["y", "yes"].contains(readLine()?.lowercased().trimmingCharacters(in: .whitespaces))
  }
}
