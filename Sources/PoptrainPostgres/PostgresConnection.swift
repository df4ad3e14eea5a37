internal import Crypto
internal import Foundation
internal import NIOCore

/// A connection to a database on which statements are done, one after the other. Its calls block.
struct PostgresConnection: Sendable {
  private let channel: PostgresChannel
  private let place: PostgresPlace

  /// Opens one.
  init(to place: PostgresPlace) throws(PostgresFailure) {
    self.place = place
    channel = try PostgresChannel(to: place)
    let security = place.security.encryption
    let isEncrypted = place.isSocket || security == .never ? false : try channel.beginTLS()
    guard isEncrypted || security != .always || place.isSocket else {
      throw .refused("\(place) has no TLS, which sslmode demands. Set `ssl = on` in its postgresql.conf")
    }
    try authenticate(isPrivate: isEncrypted || place.isLocal)
    // What is recorded stays so, also where the server's own setting would forget it when it is killed.
    _ = try ask(
      "SELECT set_config('statement_timeout', '15000', false), set_config('synchronous_commit', 'on', false)", [])
  }

  /// Does a statement.
  ///
  /// - Parameter values: what is meant by `$1`, `$2`, …
  /// - Returns: the values of its rows, which must be text or bytes.
  func ask(_ sql: String, _ values: [PostgresValue]) throws(PostgresFailure) -> [[Data?]] {
    let answer = try channel.ask(PostgresMessage.statement(sql, values)) { $0.kind == "Z" }
    try check(answer)
    return answer.compactMap(\.row)
  }

  private func check(_ answer: [PostgresMessage]) throws(PostgresFailure) {
    guard let error = answer.lazy.compactMap(\.error).first else { return }
    throw PostgresFailure(code: error.code, message: error.message, at: place)
  }

  /// - Parameter isPrivate: whether the connection cannot be read by others.
  private func authenticate(isPrivate: Bool) throws(PostgresFailure) {
    let settings = ["user": place.user, "database": place.database, "client_encoding": "UTF8"]
    var next = PostgresMessage(nil, settings.flatMap { [$0, $1] } + [""], number: 196_608)
    var scram: ScramExchange?
    while true {
      let answer = try channel.ask([next]) { message in
        // 0 says that all is well, and 12 is the last message of SCRAM; more follows.
        message.authentication.map { ![0, 12].contains($0) } ?? ["Z", "E"].contains(message.kind)
      }
      try check(answer)
      guard let question = answer.last, let kind = question.authentication else {
        let last = answer.first { $0.authentication == 12 }
        guard scram.map({ scram in last.map { scram.isRight($0.authenticationText) } ?? false }) ?? true else {
          throw .refused("\(place) does not know the password either, so it is another server than it should be")
        }
        return
      }
      guard let password = place.password else {
        throw .refused(
          "\(place) wants a password of user \(place.user): set PGPASSWORD, or write it into ~/.pgpass")
      }
      switch kind {
      case 3 where isPrivate: next = PostgresMessage("p", [password])
      case 3:
        throw .refused(
          "\(place) wants the password as it is, without TLS. Set PGSSLMODE=verify-full, or `scram-sha-256` in pg_hba.conf"
        )
      case 5:
        let inner = PostgresConnection.md5(Data((password + place.user).utf8))
        let salt = Data(question.body.readableBytesView.dropFirst(4))
        next = PostgresMessage("p", ["md5" + PostgresConnection.md5(Data(inner.utf8) + salt)])
      case 10 where question.authenticationText.split(separator: "\0").contains("SCRAM-SHA-256"):
        let exchange = ScramExchange(password: password)
        scram = exchange
        next = PostgresMessage("p", ["SCRAM-SHA-256"])
        next.body.writeInteger(Int32(exchange.first.utf8.count))
        next.body.writeString(exchange.first)
      case 11:
        guard let text = scram?.answer(to: question.authenticationText) else {
          throw .refused("\(place) does not follow SCRAM, by which it wants to know the password")
        }
        next = PostgresMessage("p")
        next.body.writeString(text)
      default:
        throw .refused(
          "\(place) wants to know the user in a way that is not known here. Set `scram-sha-256` in pg_hba.conf")
      }
    }
  }

  private static func md5(_ data: Data) -> String {
    Insecure.MD5.hash(data: data).map { String(format: "%02x", $0) }.joined()
  }
}
