public import PopulationBasedTraining

/// Drives a long-lived trainer over a socket.
///
/// The process is started for the first interval, and again after it has ended or misbehaved.
public actor SessionTrainer: Trainer {
  private let program: TrainerProgram
  private let space: Space
  private let intervalsPerProcess: Int?
  private let log: TrainerLog
  private var session: Session?
  private var isShutDown = false

  private struct Session {
    let process: TrainerProcess
    let connection: Connection
    var intervals = 0
  }

  /// Takes a program that speaks the session protocol.
  ///
  /// - Parameters:
  ///   - space: the experiment's, for the order of the hyperparameters.
  ///   - intervalsPerProcess: end the process after so many intervals.
  public init(_ program: TrainerProgram, space: Space, intervalsPerProcess: Int? = nil) {
    self.program = program
    self.space = space
    self.intervalsPerProcess = intervalsPerProcess
    log = TrainerLog(path: program.logPath)
  }

  public func train(
    _ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void
  ) async -> TrainerOutcome {
    let logStart = log.size
    do {
      let session = try await startedSession()
      var outcome = try await ask(session, assignment, progress)
      if let limit = intervalsPerProcess, let count = self.session?.intervals, count >= limit { await endSession() }
      switch outcome {
      case .trained(var trained):
        trained.log = log.segment(from: logStart)
        outcome = .trained(trained)
      case .invalid(let message, _):
        outcome = .invalid(message, log: log.segment(from: logStart))
      case .failed:
        break
      }
      return outcome
    } catch {
      var failure = error
      // The process is in an unknown state, unless it said itself that it failed.
      if failure.reason != .failed || session == nil { failure.message += await describeEnding() }
      failure.logTail = log.tail(from: logStart)
      failure.log = log.segment(from: logStart)
      return .failed(failure)
    }
  }

  public func requestStop() async {
    _ = await session?.connection.send(JSONLine.stopRequested, until: .now + .seconds(1))
  }

  public func shutDown() async {
    isShutDown = true
    await endSession()
  }

  private func startedSession() async throws(TrainerFailure) -> Session {
    if let session { return session }
    let listener = try Listener()
    var environment = program.environment
    environment["POPTRAIN_SOCKET"] = listener.path
    let process = try await TrainerProcess.start(program, command: program.command, environment: environment)
    let deadline = ContinuousClock.now + program.hangTimeout
    guard let connection = await listener.accept(process, until: deadline) else {
      let ending = await process.end(grace: .zero)
      throw TrainerFailure(
        .notStarted,
        "\(program.command.joined(separator: " ")) \(ending) and never connected to POPTRAIN_SOCKET")
    }
    let session = Session(process: process, connection: connection)
    self.session = session
    if isShutDown { await endSession() }
    guard case .hello = try await receive(session, deadline) else {
      throw TrainerFailure(.garbage, "its first message is not `hello`")
    }
    return session
  }

  private func ask(
    _ session: Session, _ assignment: Assignment, _ progress: @Sendable (Int) -> Void
  ) async throws(TrainerFailure) -> TrainerOutcome {
    var deadline = ContinuousClock.now + program.hangTimeout
    guard await session.connection.send(JSONLine.train(assignment, in: space), until: deadline) else {
      throw TrainerFailure(.exited, "it could not be asked for the interval")
    }
    self.session?.intervals += 1
    var logged: [Evaluation] = []
    while true {
      let message = try await receive(session, deadline)
      guard message.interval == assignment.id else {
        throw TrainerFailure(.garbage, "it answered for \(message.interval ?? "no interval"), not for \(assignment.id)")
      }
      deadline = .now + program.hangTimeout
      switch message {
      case .hello: break
      case .progress(_, let age): if let age { progress(age) }
      case .log(_, let evaluation): logged.append(evaluation)
      case .done(_, let report): return .trained(try TrainerReport(report).trained(assignment, logged: logged))
      case .failed(_, let text): throw TrainerFailure(.failed, "it reported a failure: \(text)")
      case .invalid(_, let text): return .invalid(text, log: nil)
      }
    }
  }

  private func receive(
    _ session: Session, _ deadline: ContinuousClock.Instant
  ) async throws(TrainerFailure) -> TrainerMessage {
    switch await session.connection.receive(session.process, until: deadline) {
    case .line(let line): return try TrainerMessage(line: line)
    case .closed: throw TrainerFailure(.exited, "it closed the connection")
    case .tooLong:
      throw TrainerFailure(.garbage, "it sent a line of more than \(Connection.longestLine >> 20) MiB")
    case .timedOut:
      throw TrainerFailure(.hung, "it made no progress for \(program.hangTimeout)")
    }
  }

  /// Ends a session that went wrong, and says how its process ended.
  private func describeEnding() async -> String {
    guard let session else { return "" }
    self.session = nil
    let hadEnded = await session.process.hasEnded(until: .now + .milliseconds(100))
    let ending = await session.process.end(grace: .zero)
    return hadEnded ? "; its process \(ending)" : "; its process was ended"
  }

  private func endSession() async {
    guard let session else { return }
    self.session = nil
    _ = await session.connection.send(JSONLine.end, until: .now + .seconds(1))
    await session.connection.finish()
    _ = await session.process.end(grace: .seconds(isShutDown ? 1 : 5))
  }
}
