import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainJSON
import PopulationBasedTraining

struct ShowLineage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Show which members descend from which.",
    discussion: """
      poptrain lineage runs/digits          a tree of the models that live now
      poptrain lineage runs/digits --json   every copy, for a program
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let phylogeny = try run.phylogeny()
    guard !json else { return say(jsonText(phylogeny, run)) }

    let living = phylogeny.roots.reduce(0) { $0 + $1.living }
    say(
      "\(counted(phylogeny.copies.count, "copy")); the \(counted(living, "member")) of now descend from \(phylogeny.roots.count) of those that joined"
    )
    for root in phylogeny.roots {
      say(
        "\nmember \(root.member) joined; \(counted(root.living, "member")) \(root.living == 1 ? "lives" : "live") from it"
      )
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

  private func jsonText(_ phylogeny: Phylogeny, _ run: RecordedRun) -> String {
    let copies = phylogeny.copies.map { decision -> JSON in
      let donor = decision.result.donor
      return .object([
        "sequence": .integer(decision.sequence), "member": .integer(decision.member),
        "donor": donor.map { .integer($0.member) } ?? .null, "age": donor.map { .integer($0.age) } ?? .null,
        "score": decision.ownScore.map { .number(run.metric($0)) } ?? .null,
        "donor_score": donor.map { .number(run.metric($0.score)) } ?? .null,
        "hyperparameters": JSON(decision.hyperparameters, in: run.experiment.rules.space),
      ])
    }
    let roots = phylogeny.roots.map { JSON.object(["member": .integer($0.member), "living": .integer($0.living)]) }
    return JSON.object(["ancestors": .array(roots), "copies": .array(copies)]).description
  }
}
