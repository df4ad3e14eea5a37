internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
package import PoptrainRuns

/// A server for the pages that show runs.
package struct Dashboard: Sendable {
  /// The port where none is asked for.
  package static let defaultPort = 8123
  /// The default port and those after it that are tried.
  private static let tries = 50

  private let places: [RunDirectory]
  private let host: String
  private let port: Int?
  private let own: OwnRun?
  private let pace: Pace

  /// Describes a server.
  ///
  /// - Parameters:
  ///   - places: runs, and folders that hold runs.
  ///   - host: the address at which it listens.
  ///   - port: the port; 0: any that is free; none: the default one, or the next that is free.
  ///   - own: the run that this process trains.
  package init(
    _ places: [RunDirectory], host: String = "127.0.0.1", port: Int? = nil, own: OwnRun? = nil, pace: Pace = .real
  ) {
    self.places = places
    self.host = host
    self.port = port
    self.own = own
    self.pace = pace
  }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter isReady: told where to open it, once it can be opened.
  package func serve(_ isReady: @escaping @Sendable (Location) -> Void) async throws(DashboardError) {
    for port in port.map({ $0...$0 }) ?? Dashboard.defaultPort...Dashboard.defaultPort + Dashboard.tries {
      do {
        return try await serve(at: port, isReady)
      } catch let error as IOError where error.errnoCode == EADDRINUSE && self.port == nil {
        continue
      } catch let error as IOError {
        throw DashboardError(error, host: host, port: port)
      } catch is CancellationError {
        return
      } catch {
        throw .failed("\(error)")
      }
    }
    throw .portsTaken(Dashboard.defaultPort...Dashboard.defaultPort + Dashboard.tries)
  }

  private func serve(at port: Int, _ isReady: @escaping @Sendable (Location) -> Void) async throws {
    var logger = Logger(label: "dashboard")
    logger.logLevel = .critical
    let access = Access(host: host)
    let limit = Dashboard.connections
    let responder = Responder(
      shelf: RunShelf(places, session: Secret(), pace: pace), access: access, streams: StreamLimit(limit * 3 / 4),
      stopping: Stopping(own))
    let application = Application(
      responder: responder,
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          idleTimeout: .seconds(30),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 8192, maxHeaderListSize: 16384, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), backlog: limit,
        availableConnectionsDelegate: .maximum(limit, logger: logger)),
      onServerRunning: { [host] channel in
        isReady(Location(host: host, port: channel.localAddress?.port ?? port, access))
      }, logger: logger)
    try await application.run()
  }

  /// The most connections at the same time: descriptors have to be left for the runs, and for the trainers of this process.
  private static var connections: Int {
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    return min(1024, max(64, (isKnown ? Int(clamping: limit.rlim_cur) : 1024) / 2))
  }
}
