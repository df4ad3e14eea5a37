internal import NIOCore
internal import NIOPosix

internal import Glibc

/// Why a connection was not made, or was lost, in words for people.
package struct ConnectionFailure: CustomStringConvertible {
  package let description: String
  /// Whether the server's certificate is signed by no authority that is trusted.
  package let isUntrusted: Bool

  /// Reads an error of NIO.
  package init(_ error: any Error) {
    let word = ConnectionFailure.wordOfTLS(error)
    isUntrusted = word == "CERTIFICATE_VERIFY_FAILED"
    description =
      switch (error, word) {
      case (let error as NIOConnectionError, _):
        error.connectionErrors.first.map { "\(ConnectionFailure($0.error))" }
          ?? "the name of its host cannot be resolved"
      case (let error as IOError, _): String(cString: strerror(error.errnoCode))
      case (ChannelError.ioOnClosedChannel, _), (ChannelError.eof, _): "the connection was closed"
      case (_, "WRONG_VERSION_NUMBER"): "it does not speak TLS at this port"
      case (_, let word?): "TLS failed: \(word)"
      default: "\(error)"
      }
  }

  /// BoringSSL's word for what went wrong; none where it was not asked. The rest of its message names source files of the
  /// build.
  private static func wordOfTLS(_ error: any Error) -> String? {
    "\(error)".firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/).map { String($0.1) }
  }
}
