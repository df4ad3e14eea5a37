import Foundation
import Glibc
import PoptrainJSON
import Testing

/// What the server said to a request.
struct Answer: Sendable {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]

  var json: JSON { get throws { try JSON.parse(String(decoding: body, as: UTF8.self)) } }

  /// What is wrong, as a page shows it.
  var message: String? { get throws { try json["error"]?["message"]?.text } }
}

/// A connection of a client that says what it wants, also what no browser says.
final class Connection: Sendable {
  private struct Failed: Error {}
  private let descriptor: CInt

  init(port: Int) throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failed() }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// What comes next; nothing at the end.
  private func receive() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &buffer, buffer.count)
    return Array(buffer.prefix(max(0, count)))
  }

  /// Everything until the server closes.
  func receiveAll() async -> [UInt8] {
    await elsewhere {
      var all: [UInt8] = []
      while case let part = self.receive(), !part.isEmpty { all += part }
      return all
    }
  }

  /// What comes until a text is in it; nothing where the server closes before.
  func receive(until text: String) async -> String? {
    await elsewhere {
      var all = ""
      while case let part = self.receive(), !part.isEmpty {
        all += String(decoding: part, as: UTF8.self)
        if all.contains(text) { return all }
      }
      return nil
    }
  }

  /// Waits away from the threads on which the server answers.
  private func elsewhere<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: body()) }.start()
    }
  }
}

extension Answer {
  /// Reads an answer to its end.
  init(_ bytes: [UInt8]) throws {
    let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)), "\(String(decoding: bytes, as: UTF8.self))")
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    status = try #require(Int(lines[0].split(separator: " ")[1]))
    headers = Dictionary(
      lines.dropFirst().compactMap { line in
        line.firstIndex(of: ":").map { (line[..<$0].lowercased(), line[$0...].dropFirst().trimmingPrefix(" ")) }
      }.map { ($0, String($1)) }
    ) { "\($0)\n\($1)" }
    body = Array(bytes[end.upperBound...])
  }
}
