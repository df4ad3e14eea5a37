import ArgumentParser
import PoptrainDashboard
import PoptrainRuns

struct StopRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop a run from elsewhere, as SIGTERM does.",
    discussion: """
      poptrain stop runs/digits        on the machine that trains it
      poptrain stop /shared/runs/x     on all machines, from any of them

      Intervals in flight are saved where they are. The run can be resumed.
      """)

  @OptionGroup var argument: RunOption

  func run() async throws {
    let directory = try argument.open().directory
    try await directory.stop()
    say("asked \(directory.isShared ? "all processes that train \(directory.shown)" : directory.shown) to stop")
  }
}
