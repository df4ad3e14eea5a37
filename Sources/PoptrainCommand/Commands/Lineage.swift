import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PopulationBasedTraining

struct ShowLineage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Show which members descend from which.",
    discussion: """
      poptrain lineage runs/digits          the tree of the current models
      poptrain lineage runs/digits --json   every copy, for a program
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let phylogeny = try run.phylogeny()
    guard !json else { return try say(json: LineageExport(phylogeny, in: run)) }

    let living = phylogeny.roots.reduce(0) { $0 + $1.living }
    say(
      "\(counted(phylogeny.copies.count, "copy")); \(counted(living, "member")) \(living == 1 ? "descends" : "descend") from "
        + counted(phylogeny.roots.count, "founder")
    )
    for root in phylogeny.roots {
      say("\nfounded by member \(root.member): \(counted(root.living, "member"))")
      for line in tree(of: root, run) { say(line) }
    }
  }

  /// The lines below a line, drawn as a tree.
  private func tree(of line: Phylogeny.Line, _ run: RecordedRun) -> [String] {
    line.children.enumerated().flatMap { position, child in
      let isLast = position == line.children.count - 1
      let score = child.copiedScore.map { ", \(run.experiment.metric) \(short(run.metric($0)))" } ?? ""
      let fate = child.isAlive ? "now at age \(grouped(child.endAge))" : "until age \(grouped(child.endAge))"
      let head = "member \(child.member) copied it at age \(grouped(child.startAge))\(score); \(fate)"
      let below = tree(of: child, run).map { (isLast ? "   " : "│  ") + $0 }
      return [(isLast ? "└─ " : "├─ ") + head] + below
    }
  }
}
