internal import Foundation

/// Where a dashboard can be opened.
package struct Location: Sendable {
  /// The port on which it listens.
  package let port: Int
  /// The address for a browser, with the token where it needs one.
  package let address: String
  /// How to open it from another machine; none where the address is one for other machines.
  package let tunnel: String?

  init(host: String, port: Int, _ access: Access) {
    self.port = port
    let isAnywhere = ["0.0.0.0", "::"].contains(host)
    let machine = ProcessInfo.processInfo.hostName
    let name = isAnywhere ? machine : host.contains(":") ? "[\(host)]" : host
    address = "http://\(name):\(port)/" + (access.isOpen ? "?token=\(access.token.text)" : "")
    tunnel = access.isOpen ? nil : "ssh -N -L \(port):\(name):\(port) \(machine)"
  }
}
