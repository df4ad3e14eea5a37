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
      poptrain lineage runs/digits                    the tree of the current models
      poptrain lineage runs/digits --json             every copy, for a program
      poptrain lineage runs/digits --format newick    a tree, for programs
      poptrain lineage runs/digits --format alife     every model as CSV
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case tree, json, newick, alife }

  @OptionGroup var argument: RunOption
  @Option(help: "tree, json, newick or alife.") var format: Format = .tree
  @Flag(help: "The same as --format json.") var json = false

  func run() throws {
    let run = try argument.open()
    switch json ? .json : format {
    case .tree: try showTree(run)
    case .json: try say(json: LineageExport(run.phylogeny(), in: run))
    case .newick: say(try PhylogenyExport(run).newick)
    case .alife: for line in try PhylogenyExport(run).csvLines { say(line) }
    }
  }

  private func showTree(_ run: RecordedRun) throws {
    let phylogeny = try run.phylogeny()
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
