internal import PoptrainText
package import PopulationBasedTraining

internal import Glibc

/// Drives a long-lived trainer over a socket.
///
/// The process is started for the first interval, and again after it has ended or misbehaved.
package actor SessionTrainer: Trainer {
  let program: TrainerProgram
  private let space: Space
  private let intervalsPerProcess: Int?
  let log: TrainerLog
  var starting: TrainerProcess?
  var session: Session?
  /// What one of its processes has said of the trainer as a whole, so that no other is started.
  var complaint: TrainerFailure?
  /// The message by which it was asked to stop.
  private var stopRequest: [UInt8]?
  var isShutDown = false
  /// How its process ended when it was last told to.
  var ending: TrainerProcess.Ending?

  /// How many members its processes take, as the last one has said.
  var members: Int?
  /// That its client is of another version than this program.
  var mismatch: String?
  /// Why a process could not be started when its capacity was asked for.
  var failedStart: TrainerFailure?
  /// Where in the log that start begins.
  private var startInLog: Int?
  /// How its process crashed after it had answered, which the next answer is to tell, and where in the log that begins.
  var crash: (message: String, start: Int)?
  /// The crashes so far by their wording, of which the first is told again.
  var crashes: [String: String] = [:]

  /// How long a process that has closed the connection may take to end by itself.
  private static let timeToLeave = Duration.seconds(5)

  /// Whether the session that went wrong refused another process.
  var hasRefusedOthers = false

  /// That another process connected.
  private static let refusal = """
    a second process of it asked for intervals and was refused: only one may. Where it starts processes that import its script, \
    put the loop under `if __name__ == "__main__":`; of several ranks, rank 0 asks
    """

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
    hasRefusedOthers = false
    var outcomes = await attempt(batch, progress)
    if isReused, outcomes == nil { outcomes = await attempt(batch, progress) }
    guard let outcomes else { preconditionFailure("only a process that was used before can have left") }
    session?.logEnd = log.size
    let hasRefused = session?.listener.takeRefusals() ?? false
    let refusal = hasRefusedOthers || hasRefused ? SessionTrainer.refusal : nil
    if let limit = intervalsPerProcess, let count = session?.intervals, count >= limit { await endSession() }

    let crash = crash
    self.crash = nil
    let logStart = min(begin, crash?.start ?? begin)
    let segment = log.segment(from: logStart)
    return outcomes.map { outcome in
      switch outcome {
      case .trained(var trained):
        trained.log = segment
        trained.trainerWarnings = [mismatch, crash?.message, refusal].compactMap { $0 }
        return .trained(trained)
      case .invalid(let message, _):
        return .invalid(message, log: segment)
      case .failed(var failure):
        failure.logTail = log.tail(from: logStart)
        failure.log = segment
        if let crash { failure.message += ". Before that: \(crash.message)" }
        if let refusal { failure.message += ". Besides, \(refusal)" }
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

  package func wasKilled() -> Bool { ending == .killed(signal: Int(SIGKILL)) }

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
      self.session?.hasFailed = answers.haveFailed
      if wasUsed { self.session?.logStart = logStart }
      if answers.haveMistake { _ = await endBroken(grace: .zero) }
      return answers.outcomes
    } catch {
      var failure = error
      if let session {
        // It is in an unknown state. One that closes the socket is most often on its way out, and its status tells why.
        let ending = await endBroken(grace: failure.reason == .exited ? SessionTrainer.timeToLeave : .zero)
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
          case nil where failure.reason == .exited:
            messageOfSlowEnd(failure, log.lines(from: wasUsed ? logStart : session.logStart))
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

  /// What a process has said of the cause that closed the connection and took long to leave.
  private func messageOfSlowEnd(_ failure: TrainerFailure, _ lines: [String]) -> String {
    let how = "\(failure.message), and its process was ended \(spoken(SessionTrainer.timeToLeave)) later"
    guard case .error(let cause) = LastWords.cause(in: lines) else { return how }
    return "\(cause.shortened(to: 300)) (\(how))"
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

  func receive(
    _ session: Session, _ deadline: RunningClock.Instant
  ) async throws(TrainerFailure) -> TrainerMessage {
    switch await session.connection.receive(session.process, until: deadline) {
    case .line(let line): return try TrainerMessage(line: line)
    case .closed: throw TrainerFailure(.exited, "it closed the connection")
    case .tooLong:
      throw TrainerFailure(.garbage, "it sent a line of more than \(Connection.longestLine >> 20) MiB")
    case .timedOut:
      throw TrainerFailure(.hung, "it made no progress for \(spoken(program.hangTimeout))")
    }
  }
}
