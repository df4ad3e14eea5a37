internal import PoptrainText
internal import PopulationBasedTraining

// How its processes begin and end.
extension SessionTrainer {
  /// A process with its connection.
  struct Session {
    let process: TrainerProcess
    let connection: Connection
    let listener: Listener
    /// Refuses other connections until the process has ended.
    let refusal: Task<Void, Never>
    /// How much was in the log when it was started, or asked for what it has answered last.
    var logStart: Int
    /// How much was in the log when it had answered.
    var logEnd: Int
    var capacity = 1
    var intervals = 0
    /// Whether it has been asked for intervals and has not yet answered.
    var isAsked = false
    /// Whether it has said anything of them.
    var hasSpoken = false
    /// Whether it failed in an interval of its last message, so that how it ends is no news.
    var hasFailed = false
    /// The intervals of its last message that it has trained and saved, so that it may have their models in memory.
    var held: Set<String> = []
  }

  /// The process that is running, or a new one that has said hello.
  func startedSession() async throws(TrainerFailure) -> Session {
    if let session { return session }
    if let failure = failedStart {
      failedStart = nil
      throw failure
    }
    if let complaint { throw complaint }
    guard !isShutDown else { throw TrainerFailure(.exited, "it was ended") }
    let listener = try Listener()
    let logStart = log.size
    var environment = program.environment
    environment["POPTRAIN_SOCKET"] = listener.path
    let process = try await TrainerProcess.start(program, command: program.command, environment: environment)
    starting = process
    defer { starting = nil }
    if isShutDown { _ = await process.end(grace: .zero) }
    let deadline = RunningClock.Instant.now + program.hangTimeout
    guard let connection = try await accepted(listener, process, deadline) else {
      let hadEnded = await process.hasEnded(until: .now)
      let ending = await process.end(grace: .zero)
      let command = program.command.joined(separator: " ")
      throw TrainerFailure(
        .notStarted,
        hadEnded
          ? ending.told(of: "\(command) never connected to POPTRAIN_SOCKET and", lastWords: log.lines(from: logStart))
          : "\(command) did not connect to POPTRAIN_SOCKET within \(spoken(program.hangTimeout))")
    }
    var session = Session(
      process: process, connection: connection, listener: listener, refusal: listener.refuseOthers(of: process),
      logStart: logStart, logEnd: logStart)
    self.session = session
    guard case .hello(let client, let capacity) = try await receive(session, deadline) else {
      throw TrainerFailure(.garbage, "its first message is not `hello`")
    }
    mismatch = Release.mismatch(client: client)
    session.capacity = capacity
    self.session = session
    members = capacity
    return session
  }

  private func accepted(
    _ listener: Listener, _ process: TrainerProcess, _ deadline: RunningClock.Instant
  ) async throws(TrainerFailure) -> Connection? {
    do {
      return try await listener.accept(process, until: deadline)
    } catch {
      _ = await process.end(grace: .zero)
      throw error
    }
  }

  /// Ends a session that went wrong, and says how its process ended; none: it had to be ended.
  func endBroken(grace: Duration) async -> TrainerProcess.Ending? {
    guard let session else { return nil }
    self.session = nil
    let hadEnded = await session.process.hasEnded(until: .now + grace)
    let ending = await session.process.end(grace: .zero)
    await session.refusal.value
    complaint = session.listener.refusedProcess
    hasRefusedOthers = session.listener.takeRefusals()
    return hadEnded ? ending : nil
  }

  /// Remembers that a process has ended by itself after it had answered, unless it did so in good order.
  ///
  /// The words are the same each time, also where numbers differ, so that they are told once.
  func noteCrash(of session: Session, _ ending: TrainerProcess.Ending?) {
    guard session.intervals > 0, !session.hasFailed, let ending, ending != .exited(0) else { return }
    // It may have printed its last words before its answer was heard.
    let how = ending.told(of: "its process", lastWords: log.lines(from: session.logStart))
    note("\(how), after it had reported its interval; each time it is started again", of: session)
  }

  private func note(_ message: String, of session: Session) {
    let first = crashes[message.wording] ?? message
    crashes[message.wording] = first
    crash = (first, session.logEnd)
  }

  /// Ends the process, so that the next interval has another one.
  func endSession() async {
    guard let session else { return }
    self.session = nil
    _ = await session.connection.send(JSONLine.end, until: .now + .seconds(1))
    await session.connection.finish()
    let grace = Duration.seconds(isShutDown ? 1 : 5)
    let hasEnded = await session.process.hasEnded(until: .now + grace)
    let ending = await session.process.end(grace: .zero)
    self.ending = ending
    if hasEnded {
      noteCrash(of: session, ending)
    } else if session.intervals > 0 {
      note("its process had not ended \(spoken(grace)) after it was told to, and had to be ended", of: session)
    }
    await session.refusal.value
    complaint = session.listener.refusedProcess
  }
}
