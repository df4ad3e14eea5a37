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
    case .newick: say(exactly: try PhylogenyExport(run).newick)
    case .alife: for line in try PhylogenyExport(run).csvLines { say(exactly: line) }
    }
  }

  private func showTree(_ run: RecordedRun) throws {
    let phylogeny = try run.phylogeny()
    let roots = phylogeny.roots.map { phylogeny.lines[$0] }
    let living = roots.reduce(0) { $0 + $1.living }
    say(
      "\(counted(phylogeny.copies.count, "copy")); \(counted(living, "member")) \(living == 1 ? "descends" : "descend") from "
        + counted(roots.count, "founder")
    )
    for root in roots {
      say("\nfounded by member \(root.member): \(counted(root.living, "member"))")
      showDescendants(of: root, in: phylogeny, run)
    }
  }

  /// The lines below a line, drawn as a tree. There may be too many below each other for recursion.
  private func showDescendants(of root: Phylogeny.Line, in phylogeny: Phylogeny, _ run: RecordedRun) {
    var open = branches(of: root, indent: "")
    while let (child, indent, isLast) = open.popLast() {
      let line = phylogeny.lines[child]
      let score = line.copiedScore.map { ", \(run.experiment.metric) \(short(run.metric($0)))" } ?? ""
      let fate = line.isAlive ? "now at age \(grouped(line.endAge))" : "until age \(grouped(line.endAge))"
      say(
        "\(indent)\(isLast ? "└─ " : "├─ ")member \(line.member) copied it at age \(grouped(line.startAge))\(score); \(fate)"
      )
      let below = indent + (isLast ? "   " : "│  ")
      let (next, skipped) = endOfChain(below: line, in: phylogeny)
      if skipped > 10 {
        say("\(below)… \(grouped(skipped)) copies, each of the one before")
        open += branches(of: next, indent: below)
      } else {
        open += branches(of: line, indent: below)
      }
    }
  }

  /// Follows lines that have one descendant each and are over: the last of them, and how many were passed.
  private func endOfChain(below line: Phylogeny.Line, in phylogeny: Phylogeny) -> (Phylogeny.Line, passed: Int) {
    var (last, passed) = (line, 0)
    while last.children.count == 1, case let next = phylogeny.lines[last.children[0]], !next.isAlive,
      next.children.count == 1
    {
      (last, passed) = (next, passed + 1)
    }
    return (last, passed)
  }

  /// The children of a line, the last one first: the next to be shown is taken from the end.
  private func branches(of line: Phylogeny.Line, indent: String) -> [(child: Int, indent: String, isLast: Bool)] {
    line.children.reversed().enumerated().map { ($1, indent, $0 == 0) }
  }
}
