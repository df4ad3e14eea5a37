import Foundation
import Poptrain
import PopulationBasedTraining
import PoptrainJSON
import Testing

@testable import PoptrainFindings

/// `docs/findings.md` says what every finding means.
@Suite struct FindingsPageTests {
  private func section(_ kind: Finding.Kind) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/findings.md"), encoding: .utf8)
    let section = try #require(page.components(separatedBy: "\n## `\(kind.rawValue)`\n").dropFirst().first, "\(kind)")
    return section.components(separatedBy: "\n## ")[0]
  }

  @Test(arguments: Finding.Kind.allCases) func `Every kind is described`(kind: Finding.Kind) throws {
    #expect(try section(kind).contains("**Evidence**"))
  }

  @Test func `Every number of the evidence is described`() async throws {
    let space = [Hyperparameter("rate", .logUniform(1e-4, 1)), Hyperparameter("idle", .uniform(0, 1))]
    var history = MadeHistory()
    history.start(at: 0)
    history.fail(3, .exited)
    for round in 0..<5 {
      for member in 0..<3 { history.train(member, score: 1, at: (100 * Double(round), 100 * Double(round) + 5)) }
    }
    let slow = Climb(members: 20, intervals: 60, .init(gain: { _ in 0.1 }, noise: 1))
    let steep = Climb(members: 40, intervals: 60, space: space, .init(gain: { $0["rate"] }, noise: 0.1))
    let findings = try await history.findings() + slow.findings() + steep.findings()
    for finding in findings {
      let text = try section(finding.kind)
      for name in finding.evidence.names { #expect(text.contains("`\(name)`"), "\(finding.kind) \(name)") }
    }
    let kinds = Set(findings.map(\.kind))
    #expect(kinds.count > 8, "\(kinds)")
  }

  @Test func `Evidence is written and read in its order, integers as integers`() throws {
    let evidence: Evidence = ["share": .number(1), "copies": .integer(1), "reason": .text("exited")]
    let json = try JSON(encoding: evidence)
    #expect(json.description == #"{"share":1.0,"copies":1,"reason":"exited"}"#)
    #expect(try json.decoded(as: Evidence.self) == evidence)
  }
}
