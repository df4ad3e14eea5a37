import PoptrainText
import PoptrainChecking
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation

struct CheckTrainer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Test the trainer before a long run.",
    discussion: """
      poptrain check experiment.yaml

      Trains a few intervals in a temporary folder: does it start, save, load in a fresh process and score the same,
      is it deterministic, does every hyperparameter have an effect after loading as from fresh, does a batch go on with
      its parents' models, does it end on SIGTERM; and what will the experiment cost. One line for each: ok, warning,
      inconclusive (not tested, or not to be told) or FAILED.

      Exit status: 0 no check failed; 65 some did; 77 none did, but loading, an evaluation, a batch or the effect of a
      hyperparameter could not be tested; 69 the trainer did not train even one interval.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Flag(help: "Print one JSON object for each check.")
  var json = false

  func run() async throws {
    let experiment = try ExperimentFile.read(contentsOf: self.experiment, programs: .ofThisMachine())
    let folder = URL(fileURLWithPath: self.experiment).resolvingSymlinksInPath().deletingLastPathComponent().path
    let (news, announcing) = AsyncStream<Check.News>.makeStream()
    let check = try Check(experiment, folder: folder) { announcing.yield($0) }
    let reporting = Task {
      var reporter = CheckReporter(asJSON: json)
      for await item in news { try reporter.show(item) }
    }
    let ending = await untilInterrupted(cleaningUp: { await check.stop() }) { await check.run() }
    announcing.finish()
    try await reporting.value

    switch ending {
    case .passed: break
    case .untold: throw ExitStatus.untold
    case .failed: throw ExitStatus.badData
    case .neverWorked: throw ExitStatus.trainerNeverWorked
    }
  }
}

/// Shows what a check finds, and on a terminal what it is doing.
private struct CheckReporter {
  private let asJSON: Bool
  private let isLive: Bool
  private var frame = Frame()
  private var doing = ""

  init(asJSON: Bool) {
    self.asJSON = asJSON
    isLive = !asJSON && Terminal.isInteractive
  }

  mutating func show(_ news: Check.News) throws {
    switch news {
    case .found(let finding):
      if asJSON { try say(json: CheckResult(finding)) } else { write(lines(finding)) }
    case .planned(let intervals, let each):
      guard !asJSON else { return }
      let time = spoken(each * intervals)
      write(["              check will train about \(intervals) more intervals (\(time))"])
    case .doing(let what):
      doing = what
      if isLive { frame.draw(["\(what) …"]) }
    case .progress(let age, let ages):
      if isLive { frame.draw(["\(doing) … age \(grouped(age)) of \(grouped(ages.upperBound))"]) }
    }
  }

  private mutating func write(_ lines: [String]) {
    if isLive { frame.insert(lines) } else { for line in lines { say(line) } }
  }

  private func lines(_ finding: Check.Finding) -> [String] {
    let verdict = finding.verdict == .failed ? "FAILED" : finding.verdict.rawValue
    let indent = String(repeating: " ", count: 14)
    let remedy = finding.remedy.map { [indent + harmless($0)] } ?? []
    let tail = harmless(finding.logTail).split(separator: "\n").map { "\(indent)  | \($0)" }
    let padding = String(repeating: " ", count: indent.count - verdict.count)
    return [verdict + padding + "\(finding.subject.title): \(harmless(finding.found))"] + remedy + tail
  }
}
