import ArgumentParser
import Foundation
import PoptrainExperimentFile
import PoptrainFigures
import PoptrainJSON
import PoptrainRuns
import PoptrainText
import PoptrainTrainers

struct DrawFigure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure", abstract: "Draw a figure of a run: curves, lineage, schedules and others.",
    discussion: """
      poptrain figure curves runs/digits > curves.svg            for a paper
      poptrain figure lineage runs/digits --out lineage.html     a page with numbers
      poptrain figure schedule runs/digits --out schedule.json   for Plotly

      The figures are
      \(DrawFigure.list)
      """)

  private static let list = FigureKind.allCases.map { kind in
    let gap = String(repeating: " ", count: 10 - kind.rawValue.count)
    return "  \(kind.rawValue)\(gap)\(kind.summary)"
  }.joined(separator: "\n")

  private enum Format: String, CaseIterable { case svg, html, json }

  @Argument(help: "The name of the figure.", completion: .list(FigureKind.allCases.map(\.rawValue)))
  var name: String
  @OptionGroup var argument: RunOption
  @Option(help: ArgumentHelp("A file whose name ends in .svg, .html or .json.", valueName: "file")) var out: String?
  @Flag(help: "Print the specification for Plotly, for a program to read.") var json = false

  func validate() throws {
    if FigureKind(rawValue: name) == nil {
      throw ValidationError("there is no figure `\(name)`; there are\n\(DrawFigure.list)")
    }
    if let out, DrawFigure.format(of: out) == nil {
      throw ValidationError("a figure is written to a file whose name ends in .svg, .html or .json, not to \(out)")
    }
    if json, out != nil { throw ValidationError("--json prints; with --out, let the file's name end in .json") }
  }

  func run() throws {
    let run = try argument.open()
    guard let kind = FigureKind(rawValue: name) else { return }
    let figure = try Course(run).figure(kind)
    guard let out else { return json ? say(exactly: figure.plotly.description) : write(figure.svg) }
    switch DrawFigure.format(of: out) {
    case .html?: try WholeFile.write(figure.html(of: run.experiment.name, version: Release.version), to: out)
    case .json?: try WholeFile.write(figure.plotly.description + "\n", to: out)
    case .svg?, nil: try WholeFile.write(figure.svg, to: out)
    }
    say("written: \(shellPath(out))")
  }

  private func write(_ text: String) { StandardOutput.write(Data(text.utf8)) }

  private static func format(of path: String) -> Format? {
    Format.allCases.first { path.lowercased().hasSuffix("." + $0.rawValue) }
  }
}
