internal import Foundation
internal import NIOSSL

/// What of a connection is encrypted, and whom it trusts: `sslmode` and `sslrootcert` of libpq.
struct PostgresSecurity: Sendable {
  /// Whether TLS is asked for, and whether there is a connection without it.
  enum Encryption { case never, ifOffered, always }

  let encryption: Encryption
  private let verification: CertificateVerification
  private let roots: NIOSSLTrustRoots

  /// - Parameters:
  ///   - mode: `disable`, `prefer`, `require`, `verify-ca` or `verify-full`.
  ///   - authorities: a file of certificates, or `system`; none names `~/.postgresql/root.crt`.
  ///   - home: the user's folder.
  init(mode: String, authorities: String?, home: String) throws(PostgresFailure) {
    let standard = "\(home)/.postgresql/root.crt"
    let file = authorities ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
    roots = file.map { $0 == "system" ? .default : .file($0) } ?? .default
    switch mode {
    case "disable": (encryption, verification) = (.never, .none)
    case "prefer": (encryption, verification) = (.ifOffered, .none)
    // Who names authorities wants them to count.
    case "require": (encryption, verification) = (.always, file == nil ? .none : .noHostnameVerification)
    case "verify-ca", "verify-full":
      guard file != nil else {
        throw .refused(
          "sslmode=\(mode) needs to know whom to trust: set PGSSLROOTCERT to a file of certificates, or to `system`")
      }
      (encryption, verification) = (.always, mode == "verify-ca" ? .noHostnameVerification : .fullVerification)
    default:
      throw .refused("sslmode is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, not `\(mode)`")
    }
  }

  /// Makes the handler of TLS for a connection.
  func handler(host: String) throws -> NIOSSLClientHandler {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = verification
    configuration.trustRoots = roots
    let context = try NIOSSLContext(configuration: configuration)
    do {
      return try NIOSSLClientHandler(context: context, serverHostname: host)
    } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
      // Then the certificate must be one of the address.
      return try NIOSSLClientHandler(context: context, serverHostname: nil)
    }
  }
}
