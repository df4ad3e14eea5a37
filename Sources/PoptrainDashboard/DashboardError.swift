internal import Glibc
internal import NIOCore

/// Why a dashboard cannot be served.
package enum DashboardError: Error, CustomStringConvertible {
  /// Another program listens on this port.
  case portTaken(Int)
  /// Other programs listen on all of these ports.
  case portsTaken(ClosedRange<Int>)
  /// It cannot listen at this address.
  case cannotListen(host: String, port: Int, reason: String)
  /// Something that should not happen.
  case failed(String)

  init(_ error: IOError, host: String, port: Int) {
    self =
      error.errnoCode == EADDRINUSE
      ? .portTaken(port)
      : .cannotListen(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
  }

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .portTaken(let port):
      "port \(port) is taken by another program; choose another with --port, or any that is free with --port 0"
    case .portsTaken(let ports):
      """
      the ports \(ports.lowerBound) to \(ports.upperBound) are all taken by other programs; take any that is free with \
      --port 0
      """
    case .cannotListen(let host, let port, let reason):
      """
      port \(port) of \(host) cannot be used: \(reason); --host is an address of this machine, and ports below 1024 \
      belong to the system
      """
    case .failed(let reason):
      "the dashboard cannot be served: \(reason)"
    }
  }
}
