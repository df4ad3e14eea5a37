internal import PopulationBasedTraining

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The file that a trainer's output is appended to.
struct TrainerLog {
  let path: String

  /// The name of the file, without its folder.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// How much is in it.
  var size: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// What was printed since the file had a size.
  func segment(from start: Int) -> LogSegment {
    LogSegment(file: name, bytes: start..<max(start, size))
  }

  /// The last lines that were printed since the file had a size.
  func tail(from start: Int, lines count: Int = 20) -> String {
    let lines = text(from: max(start, size - 8192)).trimmed().split(omittingEmptySubsequences: false) { $0.isNewline }
    return lines.suffix(count).joined(separator: "\n")
  }

  /// What was printed since the file had a size, at most the last 8 MiB.
  func text(from start: Int) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let end = size
    let start = max(start, end - 8 << 20)
    guard end > start else { return "" }
    let bytes = [UInt8](unsafeUninitializedCapacity: end - start) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, off_t(start)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  func trimmed() -> String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}
