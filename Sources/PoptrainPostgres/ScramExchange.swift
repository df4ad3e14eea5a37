internal import Crypto
internal import Foundation

/// Showing the server that one knows a password, and having it show the same: SCRAM-SHA-256 (RFC 7677).
struct ScramExchange {
  private let password: String
  private let nonce: String
  /// What the server must answer at last.
  private var signature: Data?

  /// Begins one.
  init(password: String, nonce: String? = nil) {
    self.password = password.precomposedStringWithCompatibilityMapping
    self.nonce = nonce ?? Data(SymmetricKey(size: .bits192).withUnsafeBytes { Array($0) }).base64EncodedString()
  }

  private var firstBare: String { "n=,r=\(nonce)" }

  /// The first message. PostgreSQL takes the user from the connection.
  var first: String { "n,,\(firstBare)" }

  /// The answer to the server's first message; none where that is not one.
  mutating func answer(to challenge: String) -> String? {
    let fields = ScramExchange.fields(challenge)
    guard let joined = fields["r"], joined.hasPrefix(nonce), joined.count > nonce.count,
      let salt = fields["s"].flatMap({ Data(base64Encoded: $0) }),
      let rounds = fields["i"].flatMap(Int.init), 1...1_000_000 ~= rounds
    else { return nil }
    let salted = ScramExchange.salted(password, salt: salt, rounds: rounds)
    let end = "c=biws,r=\(joined)"
    let said = Data("\(firstBare),\(challenge),\(end)".utf8)
    let clientKey = ScramExchange.code(Data("Client Key".utf8), salted)
    let proof = zip(clientKey, ScramExchange.code(said, Data(SHA256.hash(data: clientKey)))).map { $0 ^ $1 }
    signature = ScramExchange.code(said, ScramExchange.code(Data("Server Key".utf8), salted))
    return "\(end),p=\(Data(proof).base64EncodedString())"
  }

  /// Whether the server's last message shows that it knows the password too.
  func isRight(_ last: String) -> Bool {
    signature != nil && ScramExchange.fields(last)["v"].flatMap { Data(base64Encoded: $0) } == signature
  }

  private static func fields(_ message: String) -> [String: String] {
    let pairs = message.split(separator: ",").map { ($0.prefix(1), $0.dropFirst(2)) }
    return Dictionary(pairs.map { (String($0), String($1)) }) { first, _ in first }
  }

  /// PBKDF2 with HMAC-SHA-256, one block of it.
  private static func salted(_ password: String, salt: Data, rounds: Int) -> Data {
    let key = SymmetricKey(data: Data(password.utf8))
    var round = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
    var result = round
    for _ in 1..<rounds {
      round = Array(HMAC<SHA256>.authenticationCode(for: round, using: key))
      for index in result.indices { result[index] ^= round[index] }
    }
    return Data(result)
  }

  private static func code(_ message: Data, _ key: Data) -> Data {
    Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
  }
}
