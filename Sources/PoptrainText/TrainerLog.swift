internal import CPoptrain
package import PopulationBasedTraining

internal import Glibc

/// The file that a trainer's output is appended to.
package struct TrainerLog: Sendable {
  /// How many bytes of it are kept, at its end.
  package static let kept = 64 << 20

  package let path: String
  /// The name of the file, without its folder.
  package let name: String

  /// Takes the path of a file, which need not be there yet.
  package init(path: String) {
    self.path = path
    name = path.split(separator: "/").last.map(String.init) ?? path
  }

  /// How much was ever printed into it.
  package var size: Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// What was printed since the file had a size.
  package func segment(from start: Int) -> LogSegment {
    LogSegment(file: name, bytes: start..<max(start, size))
  }

  /// The lines that were printed since the file had a size, as a terminal would show them, of the last MiB.
  package func lines(from start: Int) -> [String] {
    shownLines(text(from: start, atMost: 1 << 20))
  }

  /// The last lines that were printed since the file had a size, none of them long.
  package func tail(from start: Int, lines count: Int = 20) -> String {
    lines(from: start).suffix(count).map { $0.shortened(to: 500) }.joined(separator: "\n")
  }

  /// What was printed since the file had a size, at most the last 8 MiB.
  package func text(from start: Int, atMost count: Int = 8 << 20) -> String {
    let end = size
    return String(decoding: read(max(start, end - count)..<max(start, end)).bytes, as: UTF8.self)
  }

  /// A part of the file, and how many bytes at its beginning are no longer kept.
  package func read(_ part: Range<Int>) -> (bytes: [UInt8], lost: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return ([], 0) }
    defer { close(descriptor) }
    // No more than there is: the numbers may be a database's.
    let part = part.clamped(to: 0..<max(0, size))
    var start = part.lowerBound
    // Where a file system cannot tell, everything is there.
    let data = poptrain_first_data(descriptor, off_t(start))
    if data > start { start = min(Int(data), part.upperBound) }
    if data < 0, errno == ENXIO { start = part.upperBound }
    guard start < part.upperBound else { return ([], part.count) }
    let bytes = [UInt8](unsafeUninitializedCapacity: part.upperBound - start) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, off_t(start)))
    }
    return (bytes, start - part.lowerBound)
  }

  /// Gives the room of all but the end of the file back to the disk. What is left stays where it is in the file, so that
  /// records of it remain right.
  package func trim(to kept: Int = TrainerLog.kept) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_blocks) * 512 > kept
    else { return }
    // Whole blocks, or what is left of one would be zeros.
    let length = (Int(status.st_size) - kept) / 65536 * 65536
    if length > 0 { _ = poptrain_free_range(descriptor, 0, off_t(length)) }
  }
}
