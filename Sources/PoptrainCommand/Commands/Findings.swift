import ArgumentParser
import PoptrainFindings
import PoptrainRuns
import PoptrainText

struct ShowFindings: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings", abstract: "Say what the history of a run shows, and what to do about it.",
    discussion: """
      poptrain findings runs/digits          did selection help, or was it luck
      poptrain findings runs/digits --json   with all numbers, for a program
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let findings = try Findings(argument.open())
    guard !json else { return try say(json: findings) }
    if findings.findings.isEmpty { say("nothing to remark on \(counted(findings.intervals, "interval"))") }
    for finding in findings.findings {
      say(sentence: "\(finding.severity.rawValue): \(finding.sentence)")
      if let advice = finding.advice { say(sentence: "  \(advice)") }
    }
  }
}
