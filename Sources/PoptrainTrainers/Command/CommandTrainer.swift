internal import PoptrainText
internal import PopulationBasedTraining

internal import Glibc

/// Runs a program once for every interval.
package actor CommandTrainer: SingleTrainer {
  /// Fills the placeholders of argv for an assignment; the text is the path of the result file.
  package typealias Filling = @Sendable (Assignment, String) -> [String]

  private let program: TrainerProgram
  private let metric: String
  private let writesResult: Bool
  private let fill: Filling
  private let log: TrainerLog
  private var process: TrainerProcess?
  private var isToSave = false
  private var isShutDown = false
  /// How its process ended when it was shut down.
  private var ending: TrainerProcess.Ending?

  /// Takes a program whose argv is filled in for each interval.
  ///
  /// - Parameters:
  ///   - metric: the reported metric that selection compares, for what is said where it was printed in another form.
  ///   - writesResult: whether it is given the path of a result file; else its output is read.
  package init(_ program: TrainerProgram, metric: String, writesResult: Bool, fill: @escaping Filling) {
    self.program = program
    self.metric = metric
    self.writesResult = writesResult
    self.fill = fill
    log = TrainerLog(path: program.logPath)
  }

  package func train(
    _ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void
  ) async -> TrainerOutcome {
    let logStart = log.size
    let resultPath = assignment.saveTo + ".result.json"
    unlink(resultPath)
    defer { unlink(resultPath) }
    do throws(TrainerFailure) {
      try await run(fill(assignment, resultPath), from: logStart)
      let printed = writesResult ? "" : log.text(from: logStart)
      let report = try writesResult ? result(at: resultPath) : TrainerReport(printed: printed)
      var trained = try report.trained(assignment, logged: [])
      if trained.metrics[metric] == nil, !trained.notMeasured.contains(metric),
        let found = UnreadMetric(named: metric, in: printed)
      {
        throw TrainerFailure(metric: metric, printedIn: found)
      }
      trained.log = log.segment(from: logStart)
      return .trained(trained)
    } catch {
      var failure = error
      failure.logTail = log.tail(from: logStart)
      failure.log = log.segment(from: logStart)
      return .failed(failure)
    }
  }

  package func requestStop() {}

  /// Sends SIGTERM: there is no other word for it that every program knows.
  package func requestSave() async {
    isToSave = true
    process?.terminate()
  }

  package func shutDown() async {
    isShutDown = true
    ending = await process?.end(grace: .zero)
  }

  package func wasKilled() -> Bool { ending == .killed(signal: Int(SIGKILL)) }

  /// Runs the command to its end. What it prints is its sign of life.
  private func run(_ command: [String], from logStart: Int) async throws(TrainerFailure) {
    guard !isShutDown else { throw TrainerFailure(.exited, "it was ended") }
    let process = try await TrainerProcess.start(program, command: command, environment: program.environment)
    self.process = process
    defer { self.process = nil }
    if isShutDown { _ = await process.end(grace: .zero) }
    if isToSave { process.terminate() }
    var printed = logStart
    while await !process.hasEnded(until: .now + program.hangTimeout) {
      let size = log.size
      guard size > printed else {
        _ = await process.end(grace: .zero)
        throw TrainerFailure(.hung, "it printed nothing for \(spoken(program.hangTimeout))")
      }
      printed = size
    }
    let ending = await process.ending()
    guard ending == .exited(0) else {
      var failure = TrainerFailure(.exited, ending.told(of: "it", lastWords: log.lines(from: logStart)))
      failure.exitStatus = ending.status
      throw failure
    }
  }

  private func result(at path: String) throws(TrainerFailure) -> TrainerReport {
    var status = stat()
    guard lstat(path, &status) == 0, access(path, R_OK) == 0 else {
      throw TrainerFailure(.noMetric, "it exited with status 0 but wrote no result file")
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= 8 << 20 else {
      throw TrainerFailure(.garbage, "its result file must be a file of at most 8 MiB, and no link: \(path)")
    }
    return try TrainerReport(resultFile: TrainerLog(path: path).text(from: 0))
  }
}
