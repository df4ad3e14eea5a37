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

      Trains a few intervals in a temporary folder. Does the trainer start, save, load in a fresh process and score \
      the same? Is it deterministic? Does it train the steps that it is asked for? Does every hyperparameter have an \
      effect, also after loading? Does a batch continue from its parents' models? Does it end on SIGTERM? What will \
      the experiment cost? One line for each: ok, warning, inconclusive (not tested, or not decidable) or FAILED.

      Exit status: 0 no check failed; 65 some did; 77 none did, but loading, an evaluation, a batch or the effect of a \
      hyperparameter could not be tested; 69 the trainer did not train even one interval.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Flag(help: "Print one JSON object for each check.")
  var json = false

  func run() async throws {
    let experiment = try ExperimentFile.read(contentsOf: self.experiment, programs: .ofThisMachine())
    let folder = URL(verbatimPath: self.experiment).resolvingSymlinksInPath().deletingLastPathComponent().path
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
    case .planned(let intervals, let time):
      guard !asJSON else { return }
      let plan = "check will train about \(intervals) more intervals (\(spoken(time)))"
      write([Line([Span("              \(plan)", .dim)])])
    case .doing(let what):
      doing = what
      if isLive { frame.draw([Line("\(what) …")]) }
    case .progress(let age, let ages):
      if isLive { frame.draw([Line("\(doing) … age \(grouped(age)) of \(grouped(ages.upperBound))")]) }
    }
  }

  private mutating func write(_ lines: [Line]) {
    if isLive { frame.insert(lines) } else { for line in lines { say(line) } }
  }

  private func lines(_ finding: Check.Finding) -> [Line] {
    let verdict = finding.verdict == .failed ? "FAILED" : finding.verdict.rawValue
    let indent = String(repeating: " ", count: 14)
    let found = finding.found.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let head = Line([
      Span(verdict.padded(to: indent.count), finding.verdict.paint), Span("\(finding.subject.title): ", .bold),
      Span(found[0]),
    ])
    let remedy = found.dropFirst().map { Line($0) } + (finding.remedy.map { [Line(indent + $0)] } ?? [])
    let tail = shownTail(finding.logTail, below: finding.found).map { Line([Span("\(indent)  | \($0)", .dim)]) }
    return [head] + remedy + tail
  }
}

extension Check.Finding.Verdict {
  /// How it stands out.
  fileprivate var paint: [Paint] {
    switch self {
    case .ok: [.green]
    case .warning: [.yellow]
    case .inconclusive: [.cyan]
    case .failed: [.bold, .red]
    }
  }
}
