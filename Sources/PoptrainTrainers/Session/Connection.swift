internal import PopulationBasedTraining
internal import CPoptrain
internal import Synchronization

internal import Glibc

/// The socket on which a session trainer connects: alone in a folder that only this user may enter.
final class Listener: Sendable {
  let path: String
  private let folder: SocketFolder
  private let descriptor: CInt
  private let waiter = DescriptorWaiter()
  private let complaint = Mutex<TrainerFailure?>(nil)
  private let hasRefused = Atomic(false)

  init() throws(TrainerFailure) {
    folder = try SocketFolder()
    path = folder.socket
    descriptor = poptrain_listen(path)
    guard descriptor >= 0 else {
      throw TrainerFailure(.notStarted, "\(path): listen failed: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// Accepts the one connection of a trainer, from the same user. None: its process has ended, or the time is over.
  func accept(
    _ process: TrainerProcess, until deadline: RunningClock.Instant
  ) async throws(TrainerFailure) -> Connection? {
    while true {
      let ready = await waiter.wait(
        for: [(descriptor, events: POLLIN), (process.descriptor, events: POLLIN)], until: deadline)
      guard ready[0] else { return nil }
      let connection = poptrain_accept(descriptor)
      guard connection >= 0 else {
        if [EAGAIN, EINTR, ECONNABORTED].contains(errno) { continue }
        throw TrainerFailure(.notStarted, "\(path): accept failed: \(String(cString: strerror(errno)))")
      }
      if isOfThisUser(connection) { return Connection(connection) }
      close(connection)
    }
  }
}

extension Listener {
  /// Refuses further connections for the lifetime of the process.
  func refuseOthers(of process: TrainerProcess) -> Task<Void, Never> {
    Task {
      defer { folder.remove() }
      while true {
        let ready = await waiter.wait(
          for: [(descriptor, events: POLLIN), (process.descriptor, events: POLLIN)], until: .now + .seconds(3600))
        guard ready[0] else {
          if ready[1] { return }
          continue
        }
        let connection = poptrain_accept(descriptor)
        if connection >= 0 {
          if isOfThisUser(connection) { await refuse(connection) }
          close(connection)
        } else if ![EAGAIN, EINTR, ECONNABORTED].contains(errno) {
          return
        }
      }
    }
  }

  /// What another process of the trainer has said of the trainer as a whole, such as a rank that must not ask.
  var refusedProcess: TrainerFailure? { complaint.withLock { $0 } }

  /// Whether another process has been refused since this was last asked.
  func takeRefusals() -> Bool { hasRefused.exchange(false, ordering: .relaxed) }

  private func refuse(_ connection: CInt) async {
    hasRefused.store(true, ordering: .relaxed)
    let bytes = JSONLine.refused + [UInt8(ascii: "\n")]
    // So short a line is taken at once, or by nobody.
    _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    guard await waiter.wait(for: [(connection, events: POLLIN)], until: .now + .seconds(1))[0] else { return }
    var heard = [UInt8](repeating: 0, count: 1 << 14)
    let count = recv(connection, &heard, heard.count, Int32(MSG_DONTWAIT))
    let line = Array(heard.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") })
    do { _ = try TrainerMessage(line: line) } catch {
      if error.reason == .contract { complaint.withLock { $0 = error } }
    }
  }

  private func isOfThisUser(_ connection: CInt) -> Bool {
    var user = uid_t.max
    return poptrain_peer_user(connection, &user) == 0 && user == geteuid()
  }
}

/// Lines from and to a session trainer.
actor Connection {
  /// The longest line, in bytes.
  static let longestLine = 8 << 20

  enum Received {
    case line([UInt8])
    case tooLong
    case closed
    case timedOut
  }

  private let descriptor: CInt
  // Apart, so that a message is not held up by the wait for the next one.
  private let readWaiter = DescriptorWaiter()
  private let writeWaiter = DescriptorWaiter()
  private var buffer: [UInt8] = []
  private var scanned = 0
  /// Whether the trainer had closed the connection before it read all that was sent.
  private(set) var wasUnheard = false

  init(_ descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The next line, without its end. What a process that has ended sent before is still delivered.
  func receive(_ process: TrainerProcess, until deadline: RunningClock.Instant) async -> Received {
    while true {
      if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        scanned = 0
        return .line(line)
      }
      scanned = buffer.count
      guard buffer.count <= Connection.longestLine else { return .tooLong }

      switch read() {
      case .some: continue
      case .closed: return .closed
      case .nothingYet:
        let ready = await readWaiter.wait(
          for: [(descriptor, events: POLLIN), (process.descriptor, events: POLLIN)], until: deadline)
        if ready == [false, false] { return .timedOut }
        // Once the process has ended, a child of it may hold the socket open; nothing more is to be expected than what
        // it sent between the looks at the two.
        if ready == [false, true], case .some = read() { continue }
        if ready == [false, true] { return .closed }
      }
    }
  }

  private enum ReadResult { case some, nothingYet, closed }

  private func read() -> ReadResult {
    let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { space in
      let count = recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
      if count > 0 { buffer.append(contentsOf: space[..<count]) }
      return count
    }
    if count > 0 { return .some }
    if count < 0, errno == EAGAIN || errno == EINTR { return .nothingYet }
    if count < 0, errno == ECONNRESET { wasUnheard = true }
    return .closed
  }

  /// Sends one line. False: the trainer is gone, or takes nothing.
  func send(_ line: [UInt8], until deadline: RunningClock.Instant) async -> Bool {
    let bytes = line + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        guard await writeWaiter.wait(for: [(descriptor, events: POLLOUT)], until: deadline)[0] else { return false }
      } else if errno != EINTR {
        wasUnheard = true
        return false
      }
    }
    return true
  }

  /// Says that there will be nothing more.
  func finish() {
    shutdown(descriptor, Int32(SHUT_WR))
  }
}
