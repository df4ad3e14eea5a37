@testable import PoptrainPages
@testable import PoptrainComparing
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainEngine

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ComparisonPageTests {
  private static let hostile = "</title><script>alert(1)</script>&amp; \"'\u{0}\u{1B}[31m ]]> <!-- 🌊"

  private func page(_ comparison: Comparison, command: String = "poptrain compare experiment.yaml") -> String {
    ComparisonPage(comparison, command: command, version: "1.2.3").html
  }

  @Test func `Every page is well-formed and complete in itself`() throws {
    let plans = [
      try plan(seeds: 1), try plan(["random_search", "no_explore", "resample"], seeds: 7, mode: "min"),
      try plan(
        Alternative.all.map(\.name).filter { !["truncation", "perturb", "explore_only", "fire"].contains($0) }, seeds: 3
      ),
    ]
    var dice = RandomStream(seed: 1, member: 0, ordinal: 0, purpose: "pages")
    for plan in plans {
      for scale in [0, 1e-300, 1e-6, 1, 1e5, 1e200] {
        let values = plan.alternatives.map { _ in
          plan.seeds.map { _ in
            dice.chance(0.3) ? nil : scale * (2 * dice.unit() - 1)
          }
        }
        let html = page(plan.comparison(values))
        let document = Document(html)
        #expect(document.isWellFormed, "\(document.problem)\n\(html)")
        #expect(!html.contains("nan"))
        #expect(!html.contains(#/https?:|src=|@import|<script|url\((?!#)/#))
        #expect(Set(document.ids).count == document.ids.count)
        #expect(document.count("svg") >= plan.alternatives.count + 1)
        #expect(document.count("desc") == plan.alternatives.count + 1)
        #expect(document.count("figure") == plan.alternatives.count + 1)
      }
    }
  }

  @Test func `Text of others is shown as it is written, and does nothing`() throws {
    // The experiment file lets not everything through, but what a trainer prints may be anything.
    let name = Self.hostile.filter { !"/\u{0}\u{1B}".contains($0) }
    let plan = try plan(seeds: 2, name: name, report: ReportedMetric(name: Self.hostile, mode: .max))
    let html = page(
      plan.comparison([[0.5, 0.25], [0.25, nil]], failure: Self.hostile), command: "run " + Self.hostile)
    let document = Document(html)
    #expect(document.isWellFormed, "\(document.problem)")
    #expect(document.count("script") == 0)
    #expect(document.count("title") > 1)
    let shown = Self.hostile.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{1B}", with: "\u{FFFD}")
    #expect(document.text("h1") == name)
    #expect(document.text("li").contains("is in no number: \(shown)."))
    #expect(document.text("pre").contains("run \(shown)"))
  }

  @Test func `The page says what was compared, how it came out and how to repeat it`() throws {
    let plan = try plan(["random_search", "no_explore"], seeds: 6)
    let base: [Double?] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    let comparison = plan.comparison([
      base, [0.41, 0.42, 0.43, 0.44, 0.45, 0.46], [0.51, 0.48, nil, 0.5, 0.52, 0.47],
    ])
    let document = Document(page(comparison, command: "poptrain compare experiment.yaml --seeds 6"))
    for sentence in comparison.rows.dropFirst().map(comparison.sentence) + comparison.notes {
      #expect(document.text("li").contains(sentence))
    }
    #expect(document.classes.filter { $0 == "worse" || $0 == "open" } == ["worse", "open"])
    #expect(document.text("td").contains("failed"))
    #expect(document.text("pre").contains("poptrain compare experiment.yaml --seeds 6"))
    #expect(document.text("pre").contains("population_size: 4"))
    #expect(document.text("dd").contains("exploit: {truncation: {quantile_fraction: 0.2}} -> none"))
    #expect(document.text("footer") == "Made by Poptrain 1.2.3.")
    #expect(document.count("th") == document.scopedHeaders)
    #expect(page(comparison) == page(comparison))
  }

  @Test func `A run that finished without a value at the end has not failed`() throws {
    let plan = try plan()
    let comparison = Comparison(
      plan,
      plan.runs.map {
        RunResult(
          alternative: $0.alternative, seed: $0.seed, directory: $0.directory, outcome: .value(0.5), medianMember: nil,
          steps: 400)
      })
    let cells = Document(page(comparison)).text("td")
    #expect(cells.contains("–") && !cells.contains("failed"))
  }

  @Test(arguments: 0..<300)
  func `A scale covers its numbers with a few round marks`(seed: Int) {
    var dice = RandomStream(seed: UInt64(seed), member: 0, ordinal: 0, purpose: "scale")
    let size = pow(10, 600 * dice.unit() - 300)
    let offset = dice.chance(0.5) ? 0 : 1e6 * (2 * dice.unit() - 1) * size
    let least = seed.isMultiple(of: 2) ? 1e-9 : -1
    let numbers = (0...dice.integer(below: 6)).map { _ in offset + size * (least + (1 - least) * dice.unit()) }
    let axis = Axis(around: numbers)
    #expect((2...9).contains(axis.marks.count), "\(numbers): \(axis.marks)")
    #expect(zip(axis.marks, axis.marks.dropFirst()).allSatisfy { $0 < $1 })
    #expect(numbers.allSatisfy { (-1e-6...1 + 1e-6).contains(axis.position(of: $0)) }, "\(numbers): \(axis.marks)")
    #expect(Set(axis.marks.map(axis.text)).count == axis.marks.count, "\(axis.marks.map(axis.text))")
  }
}

/// What is on a page.
private final class Document: NSObject, XMLParserDelegate {
  private(set) var isWellFormed = false
  private(set) var problem = ""
  private(set) var ids: [String] = []
  private(set) var classes: [String] = []
  private(set) var scopedHeaders = 0
  private var counts: [String: Int] = [:]
  private var texts: [String: String] = [:]
  private var open: [String] = []

  init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
    problem = parser.parserError.map { "\($0)" } ?? ""
  }

  func count(_ element: String) -> Int { counts[element, default: 0] }
  /// All that stands in elements of a kind.
  func text(_ element: String) -> String { texts[element, default: ""] }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(name)
    counts[name, default: 0] += 1
    if let id = attributes["id"] { ids.append(id) }
    if let style = attributes["class"] { classes.append(style) }
    if attributes["scope"] != nil { scopedHeaders += 1 }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    for element in Set(open) { texts[element, default: ""] += string }
  }
}
