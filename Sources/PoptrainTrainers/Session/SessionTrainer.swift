internal import PoptrainText
package import PopulationBasedTraining

/// Drives a long-lived trainer over a socket.
///
/// The process is started for the first interval, and again after it has ended or misbehaved.
package actor SessionTrainer: Trainer {
  private let program: TrainerProgram
  private let space: Space
  private let intervalsPerProcess: Int?
  private let log: TrainerLog
  private var starting: TrainerProcess?
  private var session: Session?
  /// What one of its processes has said of the trainer as a whole, so that no other is started.
  private var complaint: TrainerFailure?
  /// The message by which it was asked to stop.
  private var stopRequest: [UInt8]?
  private var isShutDown = false

  /// How many members its processes take, as the last one has said.
  private var members: Int?
  /// That its client is of another version than this program.
  private var mismatch: String?
  /// Why a process could not be started when its capacity was asked for.
  private var failedStart: TrainerFailure?
  /// Where in the log that start begins.
  private var startInLog: Int?
  /// How its process crashed after it had answered, which the next answer is to tell, and where in the log that begins.
  private var crash: (message: String, start: Int)?
  /// The crashes so far by their wording, of which the first is told again.
  private var crashes: [String: String] = [:]

  private struct Session {
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
    /// The intervals of its last message that it has trained and saved, so that it may have their models in memory.
    var held: Set<String> = []
  }

  /// Takes a program that speaks the session protocol.
  ///
  /// - Parameters:
  ///   - space: the experiment's, for the order of the hyperparameters.
  ///   - intervalsPerProcess: end the process after so many intervals.
  package init(_ program: TrainerProgram, space: Space, intervalsPerProcess: Int? = nil) {
    self.program = program
    self.space = space
    self.intervalsPerProcess = intervalsPerProcess
    log = TrainerLog(path: program.logPath)
  }

  package func capacity() async -> Capacity {
    if members == nil, failedStart == nil {
      startInLog = log.size
      do throws(TrainerFailure) { _ = try await startedSession() } catch {
        _ = await endBroken(grace: .zero)
        failedStart = error
      }
    }
    return Capacity(members: members ?? 1, held: Set((session?.held ?? []).map { CheckpointID($0) }))
  }

  package func train(
    _ batch: [Assignment], progress: @escaping @Sendable (_ position: Int, _ age: Int) -> Void
  ) async -> [TrainerOutcome] {
    let begin = startInLog ?? log.size
    startInLog = nil
    // A process that ended after its last interval has failed in nothing, but a crash is told.
    if let session, await session.process.hasEnded(until: .now) {
      noteCrash(of: session, await endBroken(grace: .zero))
    }
    let isReused = session != nil
    var outcomes = await attempt(batch, progress)
    if isReused, outcomes == nil { outcomes = await attempt(batch, progress) }
    guard let outcomes else { preconditionFailure("only a process that was used before can have left") }
    session?.logEnd = log.size
    if let limit = intervalsPerProcess, let count = session?.intervals, count >= limit { await endSession() }

    let crash = crash
    self.crash = nil
    let logStart = min(begin, crash?.start ?? begin)
    let segment = log.segment(from: logStart)
    return outcomes.map { outcome in
      switch outcome {
      case .trained(var trained):
        trained.log = segment
        if let mismatch { trained.warnings.append(mismatch) }
        if let crash { trained.warnings.append(crash.message) }
        return .trained(trained)
      case .invalid(let message, _):
        return .invalid(message, log: segment)
      case .failed(var failure):
        failure.logTail = log.tail(from: logStart)
        failure.log = segment
        if let crash { failure.message += ". Before that: \(crash.message)" }
        if failure.logTail.hasSuffix("ModuleNotFoundError: No module named 'poptrain'") {
          failure.message += """
            . This Python has no client: install it there with `pip install poptrain==\(Release.version)`, or name in \
            `trainer: command:` the Python of an environment that has it
            """
        }
        return .failed(failure)
      }
    }
  }

  package func requestStop() async { await request(JSONLine.stopRequested) }

  package func requestSave() async { await request(JSONLine.saveRequested) }

  private func request(_ stop: [UInt8]) async {
    stopRequest = stop
    if let session, session.isAsked { await sendStop(session) }
  }

  package func shutDown() async {
    isShutDown = true
    _ = await starting?.end(grace: .zero)
    await endSession()
  }

  /// Removes the sockets that processes of this user that were killed have left.
  package static func removeAbandonedSockets() { SocketFolder.removeAbandoned() }

  private func sendStop(_ session: Session) async {
    guard let stopRequest else { return }
    _ = await session.connection.send(stopRequest, until: .now + .seconds(1))
  }

  /// Asks once. None: the process had left before it heard of the intervals, or in good order without a word on them.
  private func attempt(
    _ batch: [Assignment], _ progress: @Sendable (Int, Int) -> Void
  ) async -> [TrainerOutcome]? {
    let wasUsed = session.map { $0.intervals > 0 } ?? false
    let logStart = log.size
    var answers = Answers(to: batch)
    do throws(TrainerFailure) {
      let session = try await startedSession()
      guard batch.count <= session.capacity else {
        var failure = TrainerFailure(.failed, "its new process takes \(session.capacity) members, not \(batch.count)")
        failure.isOfProcess = true
        answers.fail(failure)
        return answers.outcomes
      }
      defer { self.session?.isAsked = false }
      try await ask(session, &answers, progress)
      self.session?.held = answers.saved
      if wasUsed { self.session?.logStart = logStart }
      if answers.haveMistake { _ = await endBroken(grace: .zero) }
      return answers.outcomes
    } catch {
      var failure = error
      if let session {
        // It is in an unknown state. One that closes the socket is most often on its way out, and its status tells why.
        let ending = await endBroken(grace: failure.reason == .exited ? .seconds(2) : .zero)
        if let complaint {
          answers.fail(complaint)
          return answers.outcomes
        }
        let wasUnheard = await session.connection.wasUnheard
        if wasUsed, !session.hasSpoken, ending != nil, wasUnheard || ending == .exited(0) {
          noteCrash(of: session, ending)
          return nil
        }
        failure.exitStatus = ending?.status
        failure.message =
          switch ending {
          case nil: "\(failure.message); its process was ended"
          // That it closed the connection is but the consequence.
          case .some(let ending) where failure.reason == .exited && ending != .exited(0):
            ending.told(of: "its process", lastWords: log.lines(from: wasUsed ? logStart : session.logStart))
          case .some(let ending): "\(failure.message); its process \(ending)"
          }
        failure.isOfProcess = true
      }
      answers.fail(failure)
      return answers.outcomes
    }
  }

  private func startedSession() async throws(TrainerFailure) -> Session {
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
          : "\(command) did not connect to POPTRAIN_SOCKET within \(program.hangTimeout)")
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

  /// Asks for intervals, and takes what is said of them until each is answered.
  private func ask(
    _ session: Session, _ answers: inout Answers, _ progress: @Sendable (Int, Int) -> Void
  ) async throws(TrainerFailure) {
    var deadline = RunningClock.Instant.now + program.hangTimeout
    let line = JSONLine.train(answers.batch, held: session.held, in: space)
    // Whatever comes of it, what was in memory has been trained on.
    self.session?.held = []
    self.session?.hasSpoken = false
    guard await session.connection.send(line, until: deadline) else {
      throw TrainerFailure(.exited, "it could not be asked for the interval")
    }
    self.session?.intervals += answers.batch.count
    self.session?.isAsked = true
    await sendStop(session)
    while !answers.areComplete {
      let message = try await receive(session, deadline)
      self.session?.hasSpoken = true
      if let (position, age) = try answers.take(message) { progress(position, age) }
      deadline = .now + program.hangTimeout
    }
  }

  private func receive(
    _ session: Session, _ deadline: RunningClock.Instant
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
    await session.refusal.value
    complaint = session.listener.refusedProcess
    return hadEnded ? ending : nil
  }

  /// Remembers that a process has ended by itself after it had answered, unless it did so in good order.
  ///
  /// The words are the same each time, also where numbers differ, so that they are told once.
  private func noteCrash(of session: Session, _ ending: TrainerProcess.Ending?) {
    guard session.intervals > 0, let ending, ending != .exited(0) else { return }
    // It may have printed its last words before its answer was heard.
    let how = ending.told(of: "its process", lastWords: log.lines(from: session.logStart))
    let message = "\(how), after it had reported the interval before; each time it is started again"
    let first = crashes[message.wording] ?? message
    crashes[message.wording] = first
    crash = (first, session.logEnd)
  }

  private func endSession() async {
    guard let session else { return }
    self.session = nil
    _ = await session.connection.send(JSONLine.end, until: .now + .seconds(1))
    await session.connection.finish()
    _ = await session.process.end(grace: .seconds(isShutDown ? 1 : 5))
    await session.refusal.value
    complaint = session.listener.refusedProcess
  }
}
