internal import PoptrainJSON
internal import PoptrainRuns
internal import PopulationBasedTraining
internal import PoptrainStore

/// What pages know of a run. It is read when somebody asks, or listens, and once for all of them.
actor RunFeed {
  /// What pages call the run.
  let key: String
  /// Its folder.
  nonisolated let directory: RunDirectory

  private let pace: Pace
  private let thread = ReadingThread()
  private let findings: FindingsDesk
  private var tape: RunTape?
  private var mark: FileMark?
  private var readAt = -Double.infinity
  /// How the run stood, as of when it was asked last.
  private var standing: (end: Int, isRunning: Bool, askedAt: Double, state: Status.State, summary: [UInt8])?
  private var outline: (end: Int, bytes: [UInt8])?
  private var listeners: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
  private var listenerCount = 0
  private var watching: Task<Void, Never>?
  /// What listeners were told last.
  private var told: [UInt8] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ key: String, _ directory: RunDirectory, pace: Pace) {
    self.key = key
    self.directory = directory
    self.pace = pace
    findings = FindingsDesk(pace: pace)
  }

  /// How the run stands: `run.json`.
  func summaryBytes() throws(RunError) -> [UInt8] {
    try standing(of: current()).summary
  }

  /// The state of the run. The population is read once for each record of history, and at most every half second while the
  /// run is training: which members are being trained is not in its history.
  private func standing(of tape: RunTape) throws(RunError) -> (state: Status.State, summary: [UInt8]) {
    let isRunning = tape.run.isRunning
    if let standing, (standing.end, standing.isRunning) == (tape.end, isRunning),
      !isRunning || pace.now() - standing.askedAt < Pace.fresh
    {
      return (standing.state, standing.summary)
    }
    let (population, tape) = try population(with: tape)
    let state = tape.run.state(of: population)
    let summary = tape.summary(population, key: key).bytes
    standing = (tape.end, isRunning, pace.now(), state, summary)
    return (state, summary)
  }

  /// The population, and what was read of the run, at least as far as to the interval that trained the best model.
  private func population(with tape: RunTape) throws(RunError) -> (Population, RunTape) {
    let population = try tape.run.population()
    let isBehind = population.best.map { $0.published.sequence > tape.end } ?? false
    return (population, isBehind ? try read() : tape)
  }

  /// Its scores in short: `outline.json`.
  func outlineBytes() throws(RunError) -> [UInt8] {
    let current = try current()
    if let outline, outline.end == current.end { return outline.bytes }
    let (population, tape) = try population(with: current)
    let best = population.best.flatMap { tape.rows.row(of: $0.published.sequence) }
    let bytes = Outline(tape, best: best).json.bytes
    outline = (tape.end, bytes)
    return bytes
  }

  /// What was read of the run.
  func current() throws(RunError) -> RunTape {
    if let tape, pace.now() - readAt < Pace.fresh { return tape }
    return try read()
  }

  /// What is known of a member; none where there is none of this number.
  func memberBytes(_ id: Member.ID) throws(RunError) -> [UInt8]? {
    var tape = try current()
    let population = try tape.run.population()
    guard population.members.indices.contains(id) else { return nil }
    try tape.extendReplacements()
    self.tape = tape
    let count = MemberPage.intervals
    let history = try reading { () throws(StoreError) in try tape.run.history.history(of: id, last: count) }
    return MemberPage(tape: tape, member: population.members[id], history: history).json.bytes
  }

  /// What its history shows: `findings.json`.
  func findingsBytes() async throws -> [UInt8] {
    let tape = try current()
    return try await findings.bytes(of: tape.run, end: tape.end)
  }

  private func read() throws(RunError) -> RunTape {
    let mark = FileMark(directory)
    readAt = pace.now()
    if let tape, let last = self.mark, mark.isUnchanged(since: last) { return tape }
    do {
      let run = try RecordedRun(directory)
      var tape = tape.take() ?? RunTape(run)
      if self.mark.map(mark.isAnotherFile) ?? false { tape = RunTape(run) }
      if try !tape.extend(run) {
        tape = RunTape(run)
        _ = try tape.extend(run)
        (standing, outline) = (nil, nil)
      }
      (self.tape, self.mark) = (tape, mark)
      return tape
    } catch {
      (tape, self.mark, standing, outline) = (nil, nil, nil, nil)
      throw error
    }
  }

  // MARK: Listening

  /// Says how many intervals there are: now, whenever there is more, and now and then.
  func events() throws(RunError) -> AsyncStream<[UInt8]> {
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let news = try news()
    continuation.yield(news)
    // Those who listen already are told with the next news.
    if listeners.isEmpty { told = news }
    listenerCount += 1
    let listener = listenerCount
    listeners[listener] = continuation
    continuation.onTermination = { _ in Task { await self.leave(listener) } }
    if watching == nil { watching = Task { await watch() } }
    return stream
  }

  private func leave(_ listener: Int) {
    listeners[listener] = nil
    guard listeners.isEmpty else { return }
    watching?.cancel()
    watching = nil
  }

  private func watch() async {
    var toldAt = pace.now()
    while true {
      do {
        try await pace.sleep(Pace.period(pages: listeners.count))
        let news = try news()
        let now = pace.now()
        if news != told {
          (told, toldAt) = (news, now)
          tell(news)
        } else if now - toldAt >= Pace.heartbeat {
          toldAt = now
          tell(news)
        }
      } catch {
        // Pages that ask again are told what is wrong.
        for listener in listeners.values { listener.finish() }
        return
      }
    }
  }

  private func tell(_ bytes: [UInt8]) {
    for listener in listeners.values { listener.yield(bytes) }
  }

  private func news() throws(RunError) -> [UInt8] {
    let tape = try read()
    let state: Status.State = try tape.run.isRunning ? .running : standing(of: tape).state
    let news = JSON.object(["rows": .integer(tape.rows.count), "state": .text(state.rawValue)])
    return Array("data: ".utf8) + news.bytes + Array("\n\n".utf8)
  }
}
