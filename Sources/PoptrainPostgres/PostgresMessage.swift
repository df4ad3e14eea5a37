package import Foundation
package import NIOCore

/// A value that is sent to the server as it is: no text of a statement is made of it.
package enum PostgresValue: Sendable {
  case text(String)
  case bytes(Data)
}

/// A message of the protocol, version 3: a letter, its length, and what it says.
package struct PostgresMessage: Sendable {
  /// The letter; none before the server knows the protocol.
  let kind: Character?
  var body: ByteBuffer

  init(_ kind: Character?, _ body: ByteBuffer = ByteBuffer()) {
    (self.kind, self.body) = (kind, body)
  }

  /// A message of texts, each with a zero behind it.
  init(_ kind: Character?, _ texts: [String], number: Int32? = nil) {
    self.init(kind)
    if let number { body.writeInteger(number) }
    for text in texts { body.writeNullTerminatedString(text) }
  }

  func write(to buffer: inout ByteBuffer) {
    if let letter = kind?.asciiValue { buffer.writeInteger(letter) }
    buffer.writeInteger(Int32(body.readableBytes + 4))
    buffer.writeImmutableBuffer(body)
  }

  /// Takes a message of the server from what was received; none while a part of it is missing.
  package init?(from buffer: inout ByteBuffer) throws(PostgresFailure) {
    guard let letter = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
      let length = buffer.getInteger(at: buffer.readerIndex + 1, as: Int32.self)
    else { return nil }
    guard 4...Int32(1 << 28) ~= length else { throw .noAnswer("what answers does not speak as PostgreSQL does") }
    guard buffer.readableBytes > Int(length) else { return nil }
    buffer.moveReaderIndex(forwardBy: 5)
    guard let body = buffer.readSlice(length: Int(length) - 4) else { return nil }
    self.init(Character(Unicode.Scalar(letter)), body)
  }

  /// Which kind of authentication the server speaks of; none where it speaks of something else.
  package var authentication: Int32? { kind == "R" ? body.getInteger(at: body.readerIndex) : nil }

  /// What is behind the number of a message of authentication.
  package var authenticationText: String { String(decoding: body.readableBytesView.dropFirst(4), as: UTF8.self) }

  /// The code and the text of an error; none where it is no error.
  package var error: (code: String, message: String)? {
    guard kind == "E" else { return nil }
    var (body, fields) = (body, [Character: String]())
    while let letter = body.readInteger(as: UInt8.self), letter != 0, let text = body.readNullTerminatedString() {
      fields[Character(Unicode.Scalar(letter))] = text
    }
    return (fields["C"] ?? "", fields["M"] ?? "an error without a message")
  }

  /// The values of a row; none where it is no row.
  package var row: [Data?]? {
    guard kind == "D" else { return nil }
    var body = body
    return (0..<max(0, body.readInteger(as: Int16.self) ?? 0)).map { _ in
      guard let length = body.readInteger(as: Int32.self), length >= 0 else { return nil }
      return body.readSlice(length: Int(length)).map { Data($0.readableBytesView) }
    }
  }

  /// The messages that have one statement done. Values travel as bytes, and so do those of its rows.
  static func statement(_ sql: String, _ values: [PostgresValue]) -> [PostgresMessage] {
    var (parse, bind) = (PostgresMessage("P", ["", sql]), PostgresMessage("B", ["", ""]))
    parse.body.writeInteger(Int16(values.count))
    for format in [1, 1, Int16(values.count)] { bind.body.writeInteger(format) }
    for value in values {
      let (type, bytes): (Int32, Data) =
        switch value {
        case .text(let text): (25, Data(text.utf8))
        case .bytes(let bytes): (17, bytes)
        }
      parse.body.writeInteger(type)
      bind.body.writeInteger(Int32(bytes.count))
      bind.body.writeBytes(bytes)
    }
    for format in [1, 1] as [Int16] { bind.body.writeInteger(format) }
    var execute = PostgresMessage("E", [""])
    execute.body.writeInteger(Int32(0))  // All rows.
    return [parse, bind, execute, PostgresMessage("S")]
  }
}
