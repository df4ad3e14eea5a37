/// A word as it is typed into a shell, of any POSIX kind, on one line.
package func shellWord(_ word: String) -> String {
  // By scalar: a quote that an accent follows is another character, but ends the word all the same.
  let scalars = word.unicodeScalars
  if scalars.contains(where: { $0.properties.generalCategory == .control || $0.properties.isNewline }) {
    return substitution(printing: word)
  }
  let isPlain = scalars.allSatisfy {
    $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-./,=:@%+".unicodeScalars.contains($0)
  }
  if isPlain, !word.isEmpty, scalars.first != "=" { return word }
  return "'" + scalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
}

/// A path as it is typed into a shell: never taken for an option.
package func shellPath(_ path: String) -> String {
  // Command substitution takes newlines at the end away.
  shellWord((path.hasPrefix("-") ? "./" : "") + path + (path.hasSuffix("\n") ? "/." : ""))
}

/// What prints a word that quotes alone cannot bring onto one line.
private func substitution(printing word: String) -> String {
  let text = word.utf8.map { byte in
    if byte == UInt8(ascii: "%") { return [byte, byte] }
    let isPlain = (0x20..<0x7F).contains(byte) && !"'\\\"$`!".utf8.contains(byte)
    let octal = String(byte, radix: 8)
    return isPlain ? [byte] : Array(("\\" + String(repeating: "0", count: 3 - octal.count) + octal).utf8)
  }
  return "\"$(printf '\(String(decoding: text.joined(), as: UTF8.self))')\""
}

extension Unicode.Scalar.Properties {
  /// Whether it begins a line, for some reader.
  fileprivate var isNewline: Bool { generalCategory == .lineSeparator || generalCategory == .paragraphSeparator }
}
