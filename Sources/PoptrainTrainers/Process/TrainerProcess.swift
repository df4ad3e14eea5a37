internal import PopulationBasedTraining
internal import PoptrainText
internal import Subprocess
internal import SystemPackage

internal import Glibc

/// A running trainer, in a process group of its own, that dies with this process.
final class TrainerProcess: Sendable {
  private let id: pid_t
  /// Readable once the process has ended.
  let descriptor: CInt
  private let running: Task<Subprocess.TerminationStatus, any Error>

  private init(id: pid_t, descriptor: CInt, running: Task<Subprocess.TerminationStatus, any Error>) {
    self.id = id
    self.descriptor = descriptor
    self.running = running
  }

  deinit { close(descriptor) }

  /// Starts a program, with both outputs appended to its log.
  static func start(
    _ program: TrainerProgram, command: [String], environment: [String: String]
  ) async throws(TrainerFailure) -> TrainerProcess {
    let log: FileDescriptor
    do {
      log = try FileDescriptor.open(
        FilePath(program.logPath), .writeOnly, options: [.append, .create, .noFollow, .closeOnExec],
        permissions: .ownerReadWrite)
    } catch {
      throw TrainerFailure(.notStarted, "its log \(program.logPath) cannot be opened: \(error)")
    }
    let trimming = Task {
      while (try? await Task.sleep(for: .seconds(1))) != nil { TrainerLog(path: program.logPath).trim() }
    }
    let arguments = dyingWithParent + command
    var options = PlatformOptions()
    options.processGroupID = 0
    let configuration = Configuration(
      executable: arguments[0].contains("/") ? .path(FilePath(arguments[0])) : .name(arguments[0]),
      arguments: Arguments(Array(arguments.dropFirst())),
      environment: .custom(Dictionary(uniqueKeysWithValues: environment.map { (.init(stringLiteral: $0), $1) })),
      workingDirectory: FilePath(program.folder), platformOptions: options)

    let (started, announcing) = AsyncStream<(pid_t, CInt)>.makeStream()
    let running = Task {
      defer {
        announcing.finish()
        trimming.cancel()
        TrainerLog(path: program.logPath).trim()
      }
      let ended = try await Subprocess.run(
        configuration, input: .none, output: .fileDescriptor(log, closeAfterSpawningProcess: true),
        error: .combinedWithOutput
      ) { execution in
        let process = execution.processIdentifier
        makeAsNiceAsThisProcess(process.value)
        announcing.yield((process.value, fcntl(process.processDescriptor, F_DUPFD_CLOEXEC, 0)))
        announcing.finish()
      }
      // Ends what it has left behind; at once, since later the number may be that of others.
      kill(-ended.processIdentifier.value, SIGKILL)
      return ended.terminationStatus
    }
    for await (id, descriptor) in started {
      return TrainerProcess(id: id, descriptor: descriptor, running: running)
    }
    var reason = "it ended at once"
    if case .failure(let error) = await running.result { reason = "\(error)" }
    throw TrainerFailure(.notStarted, "\(command[0]) could not be started in \(program.folder): \(reason)")
  }

  /// Puts a program in front that has the kernel end the trainer when this process dies, where there is one.
  private static let dyingWithParent: [String] =
    access("/usr/bin/setpriv", X_OK) == 0 ? ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"] : []

  /// Gives a new process group the nice value that the user gave this process. Each of Dispatch's threads sets one of its own,
  /// 0 or -4, where it may; that of the main thread, whose id is the process's, stays as it was.
  private static func makeAsNiceAsThisProcess(_ group: pid_t) {
    let nice = getpriority(CInt(PRIO_PROCESS.rawValue), id_t(getpid()))
    setpriority(CInt(PRIO_PGRP.rawValue), id_t(group), nice)
  }

  /// Waits for the end until a deadline. Several may wait at the same time, each for a time of its own.
  func hasEnded(until deadline: RunningClock.Instant) async -> Bool {
    await DescriptorWaiter().wait(for: [(descriptor, events: POLLIN)], until: deadline)[0]
  }

  /// Asks the process and all that it has started to end, by SIGTERM.
  func terminate() {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&entry, 1, 0) == 0 { kill(-id, SIGTERM) }
  }

  /// Ends the process and all that it has started: after a grace by SIGTERM, after another by SIGKILL.
  func end(grace: Duration) async -> Ending {
    if await !hasEnded(until: .now + grace) {
      kill(-id, SIGTERM)
      if await !hasEnded(until: .now + .seconds(5)) { kill(-id, SIGKILL) }
    }
    return await ending()
  }

  /// Waits for the end, also that of what the process has left behind.
  func ending() async -> Ending {
    switch await running.result {
    case .success(.exited(let code)): return .exited(Int(code))
    case .success(.signaled(let signal)): return .killed(signal: Int(signal))
    case .failure(let error): return .unknown("\(error)")
    }
  }
}
