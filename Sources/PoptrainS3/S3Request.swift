internal import Crypto
internal import Foundation
internal import NIOHTTP1

/// What a server is asked.
struct S3Request: Sendable {
  let method: HTTPMethod
  /// The path as it is, from the first `/`.
  let path: String
  var query: [String: String] = [:]
  /// By lowercase names.
  var headers: [String: String] = [:]
  var body = Data()

  /// What stands behind the host in its URL.
  var target: String {
    let query = encodedQuery
    return query.isEmpty ? encodedPath : "\(encodedPath)?\(query)"
  }

  private var encodedPath: String { percentEncoded(path, keeping: "/") }

  private var encodedQuery: String {
    query.map { (percentEncoded($0), percentEncoded($1)) }.sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }
      .joined(separator: "&")
  }

  /// The headers to send: those of the request, and its signature by Signature Version 4 of AWS.
  ///
  /// - Parameters:
  ///   - host: the server, with its port where that is not the usual one.
  ///   - time: now. A server refuses what was signed more than 15 minutes ago.
  func signedHeaders(host: String, region: String, credentials: S3Credentials, at time: Date) -> [String: String] {
    let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
    let (stamp, day) = (time.formatted(style), time.formatted(style.year().month().day()))
    var headers = headers
    headers["host"] = host
    headers["x-amz-date"] = stamp
    headers["x-amz-content-sha256"] = hexadecimal(SHA256.hash(data: body))
    headers["x-amz-security-token"] = credentials.token

    let names = headers.keys.sorted()
    let signed = names.joined(separator: ";")
    let canonical =
      [method.rawValue, encodedPath, encodedQuery]
      + names.map { "\($0):\((headers[$0] ?? "").trimmingCharacters(in: .whitespaces))" }
      + ["", signed, headers["x-amz-content-sha256"] ?? ""]
    let scope = "\(day)/\(region)/s3/aws4_request"
    let hash = hexadecimal(SHA256.hash(data: Data(canonical.joined(separator: "\n").utf8)))
    let key = [day, region, "s3", "aws4_request"].reduce(SymmetricKey(data: Data("AWS4\(credentials.secret)".utf8))) {
      SymmetricKey(data: authentication(of: $1, with: $0))
    }
    let signature = hexadecimal(authentication(of: "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n\(hash)", with: key))
    headers["authorization"] =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope),SignedHeaders=\(signed),Signature=\(signature)"
    return headers
  }
}

private func authentication(of text: String, with key: SymmetricKey) -> HMAC<SHA256>.MAC {
  HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String(format: "%02x", $0) }.joined()
}

/// Encodes all bytes but letters, digits, `-`, `.`, `_`, `~` and those to keep: exactly what the signature is computed of.
private func percentEncoded(_ text: String, keeping kept: String = "") -> String {
  var encoded = ""
  for byte in text.utf8 {
    let character = Character(UnicodeScalar(byte))
    let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
    encoded += isPlain || kept.contains(character) ? String(character) : String(format: "%%%02X", byte)
  }
  return encoded
}
