import Foundation
import PoptrainChecking
import PoptrainComparing
import PoptrainFindings
import PoptrainJSON
import PoptrainRuns
import Testing

/// `docs/json.md` has a sample of everything that programs read, and the program prints just that.
@Suite struct JSONPageTests {
  /// A section of the page and the type of what its command prints.
  enum Section: String, CaseIterable, Sendable {
    case status, best, schedule, lineage, findings, export, compare, check, draw
    case run = "run`, `worker` and `replay"
    case list = "status` without `DIR"

    var type: any Codable.Type {
      switch self {
      case .status: Status.self
      case .best: ModelSummary.self
      case .schedule: ScheduleExport.self
      case .lineage: LineageExport.self
      case .findings: Findings.self
      case .export: IntervalRow.self
      case .compare: ComparisonSummary.self
      case .check: CheckResult.self
      case .draw: DrawnIntervals.self
      case .run: RunEvent.self
      case .list: RunList.self
      }
    }

    /// What the page says of it.
    func text() throws -> String {
      let page = try String(contentsOf: Program.sources.appendingPathComponent("docs/json.md"), encoding: .utf8)
      let section = try #require(page.components(separatedBy: "\n## `\(rawValue)`\n").dropFirst().first)
      return section.components(separatedBy: "\n## ")[0]
    }

    func samples() throws -> [JSON] {
      let text = try text()
      let block = try #require(text.firstMatch(of: /```jsonl?\n((?s:.*?))\n```/)).1
      return try self == .run ? block.split(separator: "\n").map { try JSON.parse($0.utf8) } : [JSON.parse(block.utf8)]
    }

    /// The lines that the command has printed have the fields of the samples, of which some may be null in one of both.
    func check(_ lines: [String]) throws {
      #expect(!lines.isEmpty)
      let samples = try samples()
      for line in lines {
        let printed = try JSON.parse(line)
        #expect(try type.again(printed) == printed, "\(line)")
        let sample = try #require(samples.first { $0["event"] == printed["event"] }, "no sample of \(line)")
        #expect(printed.members?.map(\.name) == sample.members?.map(\.name), "docs/json.md lacks fields of \(line)")
        let unknown = printed.fields.subtracting(sample.fields)
        #expect(unknown.isEmpty, "the sample in docs/json.md lacks \(unknown)")
      }
    }
  }

  @Test(arguments: Section.allCases)
  func `Every sample is what the type has, and every field of it is described`(section: Section) throws {
    let text = try section.text()
    for sample in try section.samples() {
      #expect(try section.type.again(sample) == sample, "docs/json.md, \(section.rawValue)")
      for field in sample.fields where field != "event" {
        let name = field.split(separator: ".").last.map(String.init) ?? field
        #expect(text.contains("`\(name)`"), "\(field) is not described")
      }
    }
  }

  @Test func `Of a name that is there twice, the last value counts`() throws {
    let json = try JSON.parse(#"{"b": 1, "a": 2.0, "b": 3}"#)
    let values = try json.decoded(as: NamedValues.self)
    #expect(values.names == ["b", "a"])
    #expect(try JSON(encoding: values).description == #"{"b":3,"a":2.0}"#)
  }

  @Test func `There is a sample of each event, and a line for it`() throws {
    let samples = try Section.run.samples()
    #expect(Set(samples.map { $0["event"]?.text }) == Set(RunEvent.Name.allCases.map(\.rawValue)))
    #expect(samples.count == RunEvent.Name.allCases.count)
    let text = try Section.run.text()
    for name in RunEvent.Name.allCases {
      #expect(text.contains(try Regex("\n\\| [^|]*`\(name.rawValue)`[^|]* \\|")), "\(name)")
    }
  }

  @Test func `The program prints what the page shows`() async throws {
    let folder = try Example.folder(
      Example.experiment(
        population: 4, more: "  width: {choice: [a, 1, 1.5, true]}\ndurability: process"),
      trainer: Example.trainer.replacing(
        "    noise =",
        with: """
              if interval.number == 2 and not os.path.exists("failed"):
                  open("failed", "w").close()
                  raise RuntimeError("once")
              noise =
          """
      ).replacing("    (interval.save_to", with: "    interval.log(value=-abs(x))\n    (interval.save_to")
        .replacing("import json,", with: "import json, os,"))
    var events = try await Program.run("run", "experiment.yaml", "--json", in: folder).lines
    try folder.write(try folder.read("train.py") + "\n# changed", to: "train.py")
    for size in ["3", "5"] {
      events += try await Program.run(
        "run", "experiment.yaml", "--steps", "60", "--population-size", size, "--json", in: folder
      ).lines
    }
    events += try await Program.run("replay", "runs/climb", "--json", in: folder).lines
    try Section.run.check(events)
    let names = Set(try events.compactMap { try JSON.parse($0)["event"]?.text })
    #expect(
      names.isSuperset(of: [
        "started", "program_changed", "warning", "failure", "interval", "join", "inherit", "retire", "ended",
        "compared",
      ]), "\(names)")

    for section in [Section.status, .best, .schedule, .lineage, .findings] {
      try section.check(try await Program.run(section.rawValue, "runs/climb", "--json", in: folder).lines)
    }
    try folder.write("not a database", to: "runs/climb-replay/population.sqlite")
    try Section.list.check(try await Program.run("status", "--json", in: folder).lines)
    let export = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder)
    try Section.export.check(export.lines)
    let csv = try #require(try await Program.run("export", "runs/climb", in: folder).lines.first).split(separator: ",")
    let fields = try #require(JSON.parse(export.lines[0]).members).map(\.name).filter {
      !["hyperparameters", "metrics", "evaluations", "copy"].contains($0)
    }
    #expect(csv.prefix(fields.count).map(String.init) == fields, "Export.columns has the fields of IntervalRow")

    try Section.draw.check(try await Program.run("draw", "experiment.yaml", "--json", in: folder).lines)
    try Section.check.check(try await Program.run("check", "experiment.yaml", "--json", in: folder).lines)
    let comparison = try await Program.run("compare", "experiment.yaml", "--seeds", "2", "--json", in: folder)
    try Section.compare.check(comparison.lines)
  }
}

extension Decodable where Self: Encodable {
  /// Decodes what a command prints, and encodes it again: fields that the type does not have are missing then.
  fileprivate static func again(_ json: JSON) throws -> JSON { try JSON(encoding: json.decoded(as: Self.self)) }
}

extension JSON {
  /// The paths of all fields whose names are known before, such as `members.steps`.
  fileprivate var fields: Set<String> {
    switch self {
    case .array(let values): values.reduce(into: []) { $0.formUnion($1.fields) }
    case .object(let members):
      members.reduce(into: []) { fields, member in
        fields.insert(member.name)
        guard !["hyperparameters", "metrics", "evidence"].contains(member.name) else { return }
        fields.formUnion(member.value.fields.map { "\(member.name).\($0)" })
      }
    default: []
    }
  }
}
