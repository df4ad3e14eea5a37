internal import HTTPTypes
internal import Hummingbird

/// Who may see the runs: who uses this machine, or has the token.
///
/// A browser may be led to this server under a name of somebody else (DNS rebinding). Such a request names its host, so only
/// names of this machine itself need no token.
struct Access: Sendable {
  /// What is to be done with a request.
  enum Verdict {
    case allowed
    /// The token is to become a cookie, and to vanish from the address.
    case redirect(to: String, cookie: String)
    case denied
  }

  let token = Secret()
  /// Whether it can be reached from other machines.
  let isOpen: Bool

  init(host: String) { isOpen = !Access.isLoopback(host) }

  /// Says what is to be done with a request.
  ///
  /// - Parameter port: the one on which it came in. Cookies do not tell ports apart.
  func judge(_ request: Request, port: Int) -> Verdict {
    let cookie = "poptrain-\(port)"
    let fields = request.uri.query.map { $0.split(separator: "&", omittingEmptySubsequences: true) } ?? []
    if let given = fields.first(where: { $0.hasPrefix("token=") }), token.matches(given.dropFirst(6)) {
      guard request.method == .get, request.uri.path == "/" else { return .allowed }
      let others = fields.filter { !$0.hasPrefix("token=") }.joined(separator: "&")
      // Without a path, it is sent for the folder of the page alone, whatever a proxy calls that.
      return .redirect(
        to: "./" + (others.isEmpty ? "" : "?" + others), cookie: "\(cookie)=\(token.text); HttpOnly; SameSite=Strict")
    }
    if !isOpen, Access.isLoopback(authority: request.head.authority ?? "") { return .allowed }
    let cookies = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
    let isKnown = cookies.contains { pair in
      let pair = pair.drop { $0 == " " }
      return pair.hasPrefix(cookie + "=") && token.matches(pair.dropFirst(cookie.count + 1))
    }
    return isKnown ? .allowed : .denied
  }

  /// Whether a page of this very server sends a request, as far as the browser says where it comes from.
  static func isFromItself(_ request: Request) -> Bool {
    if let site = request.headers[.secFetchSite] { return site == "same-origin" }
    guard let origin = request.headers[.origin] else { return true }
    return origin.split(separator: "//").last.map(String.init) == request.head.authority
  }

  /// Whether a name is that of this machine for itself.
  static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" || host == "::1" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The same of a host with a port.
  static func isLoopback(authority: String) -> Bool {
    let end = authority.lastIndex(of: ":") ?? authority.endIndex
    let isPort = authority[end...].dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    let isPlain = isLoopback(authority)
    return isPlain || (isPort && isLoopback(String(authority[..<end])))
  }
}

extension HTTPField.Name {
  fileprivate static let secFetchSite = HTTPField.Name("sec-fetch-site") ?? .origin
}
