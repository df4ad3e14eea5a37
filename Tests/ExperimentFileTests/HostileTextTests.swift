import PoptrainStoreTesting
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import Testing

/// Whatever the text is, reading it ends soon, with an experiment or with findings.
struct HostileTextTests {
  private static let largest = 1 << 20

  @Test(
    .timeLimit(.minutes(20)),
    arguments: [
      "[", "{", "- ", "? ", "a: ", "[]", "{a: ", "\"", "'", "&a ", "*a ", "&a *a ", "!", "|\n", "\n", " ", "\t", "a\n",
      "#", "%",
      "a: 1\n", "}", "- [", "<<: ", "\u{0}", "\u{FEFF}", "\u{2028}", "é", "[a, ", "? [a]\n", "--- \n", "x: &a [*a]\n",
    ])
  func aRepeatedPieceEnds(piece: String) {
    for count in [1000, Self.largest / piece.utf8.count] {
      #expect(throws: InvalidExperiment.self) {
        try ExperimentFile.parse(text: String(repeating: piece, count: count), path: "e.yaml")
      }
    }
  }

  @Test(.timeLimit(.minutes(20))) func manyKeysEnd() {
    let keys = (0..<60_000).map { "key\($0): 1\n" }.joined()
    let error = #expect(throws: InvalidExperiment.self) { try ExperimentFile.parse(text: keys, path: "e.yaml") }
    #expect(error?.findings.count == 100)
    #expect(error?.description.hasSuffix("Only the first 100 findings are shown.") == true)
  }

  @Test(.timeLimit(.minutes(5))) func manyUnknownPlaceholdersEnd() {
    let names = (0..<1000).map { "h\($0): 1" }.joined(separator: ", ")
    let placeholders = (0..<40_000).map { "{p\($0)}" }.joined()
    let yaml = "trainer: {command: [python3, train.py, \"\(placeholders)\"]}\nhyperparameters: {\(names)}"
    let error = #expect(throws: InvalidExperiment.self) {
      try ExperimentFile.parse(text: complete(yaml), path: "e.yaml")
    }
    #expect(error?.findings.count == 100)
  }

  @Test(.timeLimit(.minutes(20)), arguments: ["[", "- ", "{a: ", "{? ", "[{a: "])
  func nestingUpToTheLimitOfTheParserEnds(opening: String) {
    let depth = 990 / opening.filter { "[{-".contains($0) }.count
    let closing = opening.reversed().compactMap { ["[": "]", "{": "}"][$0] }.joined()
    let nested = String(repeating: opening, count: depth) + "x" + String(repeating: closing, count: depth)
    #expect(findings(in: "metric:\n  \(nested)").hasPrefix("2:3: `metric` must be a string"))
  }

  @Test(.timeLimit(.minutes(20)), arguments: ["? *a9\n: 1", "x: *a9", "*a9 : 1", "{*a9: 1}"])
  func anAliasBombIsRefused(last: String) {
    let levels = (1...9).map {
      "l\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ", "))]\n"
    }
    #expect(findings(in: "l0: &a0 [x]\n\(levels.joined())\(last)").hasPrefix("2:10: the alias `*a0` is not supported"))
  }

  @Test(arguments: [
    "name: a &x *x b", "trainer: {command: [python3, \"a &x; ls *x\"]}", "name: R&D", "name: \"&a *b\"", "name: &a x",
  ])
  func whatOnlyLooksLikeAnAliasIsText(yaml: String) {
    #expect(findings(in: yaml) == "")
  }

  @Test func aFileAboveTheLimitIsRefused() {
    let text = String(repeating: "#", count: Self.largest + 1)
    let error = #expect(throws: InvalidExperiment.self) { try ExperimentFile.parse(text: text, path: "e.yaml") }
    #expect(error?.description.hasPrefix("e.yaml: the file is larger than 1 MiB\n") == true)
  }

  @Test(.timeLimit(.minutes(20))) func randomBytesEnd() {
    var random = SeededGenerator(seed: 7)
    let alphabet = Array("ab1:-?[]{},&*!|>'\"%@`# \n\n\t.~_e+é\u{0}".unicodeScalars)
    for _ in 0..<3000 {
      let length = Int(random.next() % 60)
      let scalars = (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      let text = String(String.UnicodeScalarView(scalars))
      #expect(throws: InvalidExperiment.self, "\(text.debugDescription)") {
        try ExperimentFile.parse(text: text, path: "e.yaml")
      }
    }
  }

  @Test(.timeLimit(.minutes(20))) func aDamagedFileIsReadOrHasFindings() throws {
    var random = SeededGenerator(seed: 9)
    let pieces = [
      "{}", "[]", "~", "-1", "0", "1e300", "1099511627776", "[x]", "{x: 1}", "\"\"", "a < b < c", "<=", ".inf", "true",
      "{0: 1}", "[1, 1]", "1h",
    ]
    var refused = 0
    for _ in 0..<300 {
      let yaml = Experiment.random(using: &random).yaml
      let words = yaml.ranges(of: try Regex("[^\\s,:{}\\[\\]\"]+"))
      let damaged = yaml.replacingCharacters(in: random.pick(words), with: random.pick(pieces))
      do {
        let experiment = try ExperimentFile.parse(text: damaged, path: "e.yaml")
        #expect(try ExperimentFile.parse(text: experiment.yaml, path: "e.yaml") == experiment, "\(damaged)")
      } catch {
        refused += 1
        #expect(!error.findings.isEmpty, "\(damaged)")
      }
    }
    #expect(refused > 100)
  }

  /// No more is tried than 100 comparisons with 1000 draws, and no more is shown than is known.
  @Test(.timeLimit(.minutes(20))) func manyConstraintsEnd() {
    let names = (0..<5000).map { "a\($0): {uniform: [0, 1]}" }
    func findings(_ constraints: [String]) -> Int {
      let yaml =
        "hyperparameters: {\(names.joined(separator: ", "))}\nconstraints: [\(constraints.joined(separator: ", "))]"
      return #expect(throws: InvalidExperiment.self) { try ExperimentFile.parse(text: complete(yaml), path: "e.yaml") }?
        .findings.count ?? 0
    }
    #expect(findings((0..<100).map { "a\($0) < a\($0 + 1)" }) == 1)
    #expect(findings((0..<100).map { "a\($0) < b\($0)" }) == 100)
    #expect(findings((0..<5000).map { "a\($0) < 0.5" }) == 1)
    #expect(findings(["a1 \(String(repeating: "<", count: 100_000)) 0.5"]) == 1)
  }

  @Test(.timeLimit(.minutes(20))) func aLongScheduleEnds() throws {
    let ages = (0..<60_000).map { "\($0): 1" }.joined(separator: ", ")
    let yaml = "exploit: none\nhyperparameters: {a: {schedule: {\(ages)}}}"
    #expect(try ExperimentFile.parse(text: complete(yaml), path: "e.yaml").rules.space.hyperparameters.count == 1)
  }
}
