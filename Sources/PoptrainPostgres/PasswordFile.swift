internal import Foundation

internal import Glibc

/// A file with lines `host:port:database:user:password`, in which `*` stands for anything.
struct PasswordFile {
  private let lines: [[String]]

  /// Reads it; it need not exist.
  init(_ path: String) throws(PostgresFailure) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      lines = []
      return
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .refused("others may read the passwords in \(path); run: chmod 600 \(path)")
    }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .refused("\(path), a file of passwords, cannot be read")
    }
    lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map(PasswordFile.fields)
  }

  /// The password for a host, port, database and user; none where no line fits.
  func password(for wanted: [String]) -> String? {
    lines.first { line in
      line.count == 5 && zip(line, wanted).allSatisfy { $0 == "*" || $0 == $1 }
    }?.last
  }

  /// The fields of a line. A `\` takes the meaning from the `:` or `\` behind it.
  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isEscaped = false
    for character in line {
      if isEscaped || ![":", "\\"].contains(character) {
        fields[fields.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        fields.append("")
      }
    }
    return fields
  }
}
