public import PopulationBasedTraining

/// Drives a long-lived trainer over a socket.
///
/// The process is started for the first interval, and again after it has ended or misbehaved.
public actor SessionTrainer: Trainer {
  private let program: TrainerProgram
  private let space: Space
  private let intervalsPerProcess: Int?
  private let log: TrainerLog
  private var starting: TrainerProcess?
  private var session: Session?
  /// The message by which it was asked to stop.
  private var stopRequest: [UInt8]?
  private var isShutDown = false

  private struct Session {
    let process: TrainerProcess
    let connection: Connection
    var intervals = 0
    /// Whether it has been asked for an interval and has not yet answered.
    var isAsked = false
    /// Whether it has said anything of that interval.
    var hasSpoken = false
  }

  /// The most values that are kept of what is logged in an interval.
  private static let mostLoggedValues = 100_000

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
    // A process that ended after its last interval has failed in nothing.
    if let process = session?.process, await process.hasEnded(until: .now) { _ = await endBroken(grace: .zero) }
    let isReused = session != nil
    var outcome = await attempt(assignment, progress)
    if isReused, outcome == nil { outcome = await attempt(assignment, progress) }
    if let limit = intervalsPerProcess, let count = session?.intervals, count >= limit { await endSession() }

    switch outcome {
    case .trained(var trained):
      trained.log = log.segment(from: logStart)
      return .trained(trained)
    case .invalid(let message, _):
      return .invalid(message, log: log.segment(from: logStart))
    case .failed(var failure):
      failure.logTail = log.tail(from: logStart)
      failure.log = log.segment(from: logStart)
      if failure.logTail.hasSuffix("ModuleNotFoundError: No module named 'poptrain'") {
        failure.message += ". This Python has no client: `pip install ./python`, in Poptrain's sources, installs it"
      }
      return .failed(failure)
    case nil:
      preconditionFailure("only a process that was used before can have left")
    }
  }

  public func requestStop() async { await request(JSONLine.stopRequested) }

  public func requestSave() async { await request(JSONLine.saveRequested) }

  private func request(_ stop: [UInt8]) async {
    stopRequest = stop
    if let session, session.isAsked { await sendStop(session) }
  }

  public func shutDown() async {
    isShutDown = true
    _ = await starting?.end(grace: .zero)
    await endSession()
  }

  private func sendStop(_ session: Session) async {
    guard let stopRequest else { return }
    _ = await session.connection.send(stopRequest, until: .now + .seconds(1))
  }

  /// Asks once. None: the process had left before it heard of the interval, or in good order without a word on it.
  private func attempt(
    _ assignment: Assignment, _ progress: @Sendable (Int) -> Void
  ) async -> TrainerOutcome? {
    let wasUsed = session != nil
    do throws(TrainerFailure) {
      let session = try await startedSession()
      defer { self.session?.isAsked = false }
      return try await ask(session, assignment, progress)
    } catch {
      var failure = error
      // The process is in an unknown state, unless it said itself that it failed.
      if failure.reason != .failed, let session {
        // One that closes the socket is most often on its way out, and its status tells why.
        let ending = await endBroken(grace: failure.reason == .exited ? .seconds(2) : .zero)
        let wasUnheard = await session.connection.wasUnheard
        if wasUsed, !session.hasSpoken, ending != nil, wasUnheard || ending == .exited(0) { return nil }
        failure.message += ending.map { "; its process \($0)" } ?? "; its process was ended"
      }
      return .failed(failure)
    }
  }

  private func startedSession() async throws(TrainerFailure) -> Session {
    if let session { return session }
    guard !isShutDown else { throw TrainerFailure(.exited, "it was ended") }
    let listener = try Listener()
    var environment = program.environment
    environment["POPTRAIN_SOCKET"] = listener.path
    let process = try await TrainerProcess.start(program, command: program.command, environment: environment)
    starting = process
    defer { starting = nil }
    if isShutDown { _ = await process.end(grace: .zero) }
    let deadline = ContinuousClock.now + program.hangTimeout
    guard let connection = try await accepted(listener, process, deadline) else {
      let hadEnded = await process.hasEnded(until: .now)
      let ending = await process.end(grace: .zero)
      let command = program.command.joined(separator: " ")
      throw TrainerFailure(
        .notStarted,
        hadEnded
          ? "\(command) \(ending) and never connected to POPTRAIN_SOCKET"
          : "\(command) did not connect to POPTRAIN_SOCKET within \(program.hangTimeout)")
    }
    let session = Session(process: process, connection: connection)
    self.session = session
    guard case .hello = try await receive(session, deadline) else {
      throw TrainerFailure(.garbage, "its first message is not `hello`")
    }
    return session
  }

  private func accepted(
    _ listener: Listener, _ process: TrainerProcess, _ deadline: ContinuousClock.Instant
  ) async throws(TrainerFailure) -> Connection? {
    do {
      return try await listener.accept(process, until: deadline)
    } catch {
      _ = await process.end(grace: .zero)
      throw error
    }
  }

  private func ask(
    _ session: Session, _ assignment: Assignment, _ progress: @Sendable (Int) -> Void
  ) async throws(TrainerFailure) -> TrainerOutcome {
    var deadline = ContinuousClock.now + program.hangTimeout
    self.session?.hasSpoken = false
    guard await session.connection.send(JSONLine.train(assignment, in: space), until: deadline) else {
      throw TrainerFailure(.exited, "it could not be asked for the interval")
    }
    self.session?.intervals += 1
    self.session?.isAsked = true
    await sendStop(session)
    var age = assignment.ages.lowerBound
    var logged: [Evaluation] = []
    var loggedValues = 0
    while true {
      let message = try await receive(session, deadline)
      self.session?.hasSpoken = true
      guard message.interval == assignment.id else {
        throw TrainerFailure(.garbage, "it answered for \(message.interval ?? "no interval"), not for \(assignment.id)")
      }
      deadline = .now + program.hangTimeout
      switch message {
      case .hello: break
      case .progress(_, let reached):
        guard let reached else { continue }
        age = reached
        progress(reached)
      case .log(_, let reached, let metrics):
        logged.append(Evaluation(age: reached ?? age, metrics: metrics))
        loggedValues += max(1, metrics.count)
        guard loggedValues <= SessionTrainer.mostLoggedValues else {
          throw TrainerFailure(
            .garbage, "it logged more than \(SessionTrainer.mostLoggedValues) values in one interval")
        }
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

  /// Ends a session that went wrong, and says how its process ended; none: it had to be ended.
  private func endBroken(grace: Duration) async -> TrainerProcess.Ending? {
    guard let session else { return nil }
    self.session = nil
    let hadEnded = await session.process.hasEnded(until: .now + grace)
    let ending = await session.process.end(grace: .zero)
    return hadEnded ? ending : nil
  }

  private func endSession() async {
    guard let session else { return }
    self.session = nil
    _ = await session.connection.send(JSONLine.end, until: .now + .seconds(1))
    await session.connection.finish()
    _ = await session.process.end(grace: .seconds(isShutDown ? 1 : 5))
  }
}
