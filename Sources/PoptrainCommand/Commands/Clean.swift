import PoptrainText
import ArgumentParser
import PoptrainCheckpoints
import PoptrainEngine
import Foundation

struct CleanRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "List orphaned files in the folder of a run, and delete them with --remove.",
    discussion: """
      poptrain clean runs/digits              shows them, with their sizes
      poptrain clean runs/digits --remove     removes them

      A crash may leave half-written checkpoints, or checkpoints that were about to be removed. The next `poptrain \
      run` removes them too. Models that members, running intervals or `best` refer to are never touched.
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Remove what is shown.") var remove = false

  func run() throws {
    let cleaning = try Cleaning(argument.open())
    guard !cleaning.strays.isEmpty else { return say("nothing to remove") }
    var table = Table(header: ["in checkpoints/", "size"], numeric: [1])
    for stray in cleaning.strays { table.rows.append([stray.path, spoken(bytes: stray.bytes)]) }
    table.rows.append(["total", spoken(bytes: cleaning.strays.reduce(0) { $0 + $1.bytes })])
    for line in table.lines { say(line) }
    if remove {
      try cleaning.remove()
      say("removed")
    } else {
      say("\nto remove it: poptrain clean \(shellPath(argument.directory)) --remove")
    }
  }
}
