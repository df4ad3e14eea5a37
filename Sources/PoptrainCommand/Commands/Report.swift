import ArgumentParser
import PoptrainFigures
import PoptrainRuns
import PoptrainText
import PoptrainTrainers

struct WriteReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write one page about a run: summary, all figures, tables, settings.",
    discussion: """
      poptrain report runs/digits                       into report.html
      poptrain report runs/digits --out digits.html

      The page needs nothing else, so it can be sent to somebody.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: ArgumentHelp("The file.", valueName: "file")) var out = "report.html"

  func run() throws {
    try WholeFile.write(Report(argument.open()).html(version: Release.version), to: out)
    say("written: \(shellPath(out))")
  }
}
