internal import Foundation
internal import NIOCore
internal import PoptrainPostgres
internal import PoptrainS3

private let place: S3Location = {
  do { return try S3Location("s3://runs/a/b") } catch { preconditionFailure("\(error)") }
}()

/// Three digits are the status; the rest is what the server says.
func enterS3(_ bytes: [UInt8]) throws(Objection) {
  let status = Int(String(decoding: bytes.prefix(3), as: UTF8.self)) ?? 200
  let answer = S3Answer(what: "LIST of \(place)", status: status, headers: [:], body: Data(bytes.dropFirst(3)))
  do throws(S3Failure) { try answer.expectSuccess() } catch {
    try expect(!answer.isSuccess && "\(error)".contains("LIST of \(place)"), "a failure that is none: \(error)")
  }
  let objects = answer.objects(under: place)
  let isNamed = bytes.contains(UInt8(ascii: "%")) || Data(bytes).range(of: Data("a/b/".utf8)) != nil
  try expect(isNamed || objects.isEmpty, "objects that are elsewhere: \(objects)")
  try expect(objects.allSatisfy { $0.bytes >= 0 }, "fewer than no bytes: \(objects)")
}

func enterPostgres(_ bytes: [UInt8]) throws(Objection) {
  let whole = messages(in: [bytes])
  try expect(messages(in: bytes.map { [$0] }) == whole, "it means something else when it comes in pieces")
}

/// What the messages mean that come in some pieces; the last may be that they are none of PostgreSQL.
private func messages(in pieces: [[UInt8]]) -> [String] {
  var (received, meanings) = (ByteBuffer(), [String]())
  do throws(PostgresFailure) {
    for piece in pieces {
      received.writeBytes(piece)
      while let message = try PostgresMessage(from: &received) {
        let authentication = message.authentication.map { "\($0): \(message.authenticationText)" }
        meanings.append("\(message.row ?? []) \(message.error?.message ?? "") \(authentication ?? "")")
      }
    }
  } catch {
    meanings.append("\(error)")
  }
  return meanings
}
