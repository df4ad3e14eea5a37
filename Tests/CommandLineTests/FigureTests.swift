import Foundation
import PoptrainFigures
import PoptrainJSON
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureTests {
  private static let trainer = """
    import random
    import poptrain

    for interval in poptrain.intervals():
        [interval[name] for name in interval.hyperparameters]
        (interval.save_to / "x").write_text("x")
        for step in interval.steps: pass
        interval.report(value=random.Random(interval.seed).random() / 3)
    """

  private func trained() async throws -> Folder {
    let folder = try Example.folder(
      Example.experiment(more: "exploit: {truncation: {quantile_fraction: 0.5}}\ndurability: process"),
      trainer: Self.trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    return folder
  }

  @Test func `Every figure is written in every format, the same each time, and a report of all`() async throws {
    let folder = try await trained()
    for kind in FigureKind.allCases {
      let printed = try await Program.run("figure", kind.rawValue, "runs/climb", in: folder)
      #expect(printed.status == 0 && XMLParser(data: Data(printed.output.utf8)).parse(), "\(printed.errors)")
      for suffix in ["svg", "html", "json"] {
        let file = "\(kind.rawValue).\(suffix)"
        let done = try await Program.run("figure", kind.rawValue, "runs/climb", "--out", file, in: folder)
        #expect(done.status == 0 && done.lines == ["written: \(file)"], "\(done.errors)")
      }
      #expect(try folder.read("\(kind.rawValue).svg") == printed.output)
      #expect(XMLParser(data: Data(try folder.read("\(kind.rawValue).html").utf8)).parse())
      let specification = try JSON.parse(folder.read("\(kind.rawValue).json").trimmingCharacters(in: .newlines))
      #expect(specification["data"]?.array?.isEmpty == false)
      #expect(try json(await Program.run("figure", kind.rawValue, "runs/climb", "--json", in: folder)) == specification)
    }
    let done = try await Program.run("report", "runs/climb", in: folder)
    #expect(done.status == 0 && done.lines == ["written: report.html"])
    let page = try folder.read("report.html")
    #expect(XMLParser(data: Data(page.utf8)).parse())
    #expect(page.components(separatedBy: "<svg ").count == 1 + FigureKind.allCases.count)
    #expect(!page.contains(#/https?:|src=|@import|<script|url\((?!#)/#))
  }

  @Test func `The commands of the page on figures work as they stand`() async throws {
    let folder = try await trained()
    let page = try String(contentsOf: Program.sources.appendingPathComponent("docs/figures.md"), encoding: .utf8)
    let block = try #require(page.firstMatch(of: /```sh\n([^`]*)```/)).1.replacing("runs/digits", with: "runs/climb")
    let done = try await Program.runShell("set -e\n" + block, in: folder)
    #expect(done.status == 0, "\(done.errors)")
    for file in ["curves.svg", "lineage.html", "schedule.json", "report.html"] {
      #expect(try !folder.read(file).isEmpty)
    }
    for kind in FigureKind.allCases { #expect(page.contains("\n## `\(kind.rawValue)`\n")) }
  }

  @Test func `What cannot be drawn says what can, and leaves no file`() async throws {
    let folder = try await trained()
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    let unknown = try await Program.run("figure", "family", "runs/climb", in: folder)
    #expect(unknown.status == 64 && FigureKind.allCases.allSatisfy { unknown.errors.contains($0.rawValue) })
    let format = try await Program.run("figure", "curves", "runs/climb", "--out", "curves.pdf", in: folder)
    #expect(format.status == 64 && format.errors.contains(".svg, .html or .json"))
    let place = try await Program.run("figure", "curves", "runs/climb", "--out", "no/folder/curves.svg", in: folder)
    #expect(place.status == 65 && place.errors.contains("no/folder/curves.svg cannot be written"))
    #expect(try await Program.run("report", "no run", in: folder).status == 65)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == before)
  }

  /// Reads both files as their standards have it, and compares them with each other.
  private static let phylogeny = """
    import csv, re

    with open("models.csv", newline="") as file:
        models = {row["id"]: row for row in csv.DictReader(file)}
    assert list(next(iter(models.values())))[:3] == ["id", "ancestor_list", "origin_time"]
    parents = {}
    for number, row in models.items():
        parent = row["ancestor_list"][1:-1]
        assert (parent == "none") == (number == "0"), row
        assert parent == "none" or float(models[parent]["origin_time"]) < float(row["origin_time"]), row
        parents[number] = parent
    extended = set(parents.values())
    ends = {row["taxon_label"]: float(row["origin_time"]) for number, row in models.items() if number not in extended}

    text = open("tree.nwk").read().strip()
    assert text.endswith(";"), text
    tokens = re.findall(r"[(),;]|[^(),;]+", text)
    position = 0

    def tree():
        "The leaves below a place with their distances from it."
        global position
        leaves = []
        if tokens[position] == "(":
            while tokens[position] in "(,":
                position += 1
                leaves += tree()
            assert tokens[position] == ")"
            position += 1
        label, _, length = tokens[position].partition(":") if tokens[position] not in ",);" else ("", "", "")
        position += label != ""
        return [(name, far + float(length or 0)) for name, far in leaves or [(label, 0.0)]]

    assert dict(tree()) == ends, (text, ends)
    print(len(models), len(ends))
    """

  @Test
  func `Phylogenies are exported for other programs: every model, and the ends of all lines as far as they trained`()
    async throws
  {
    let folder = try await trained()
    let done = try await Program.runShell(
      """
      set -e
      poptrain lineage runs/climb --format alife > models.csv
      poptrain lineage runs/climb --format newick > tree.nwk
      python3 -c '\(Self.phylogeny.replacing("'", with: "'\\''"))'
      """, in: folder)
    #expect(done.status == 0, "\(done.errors)")
    let counts = try #require(done.lines.first).split(separator: " ").compactMap { Int($0) }
    #expect(counts.count == 2 && counts[0] > counts[1] && counts[1] > 0)
  }
}
