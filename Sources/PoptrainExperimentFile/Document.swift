internal import Yams

/// The text of an experiment file as one YAML document. Hostile text costs no more than its length.
enum Document {
  /// An experiment file is a page; more than this many bytes is something else.
  static let largest = 1 << 20
  static let missing = "there is no such file"
  static let empty = "the file is empty"
  static let tooLarge = (
    message: "the file is larger than 1 MiB",
    remedy: "is this the experiment file? Large data belongs in a file that the trainer reads"
  )

  /// The root of the document; nothing, if there is none, which has been reported.
  static func root(of text: String, findings: Findings) -> Item? {
    guard text.utf8.count <= largest else {
      findings.add(at: nil, tooLarge.message, remedy: tooLarge.remedy)
      return nil
    }
    if let alias = firstAlias(in: text) {
      findings.add(
        at: alias.place, "the alias `*\(alias.name)` is not supported",
        remedy: "write the value again instead, or put the text in quotes if no alias is meant")
      return nil
    }
    do {
      // Without tag resolution: `Scalar` says what a scalar means. libyaml refuses more than 1000 levels.
      let hasByteOrderMark = text.unicodeScalars.first == "\u{FEFF}"
      let parser = try Parser(
        yaml: hasByteOrderMark ? String(text.unicodeScalars.dropFirst()) : text, resolver: .basic, encoding: .utf8)
      guard let node = try parser.singleRoot() else {
        findings.add(at: Place(line: 1, column: 1), empty, remedy: "describe the experiment in it")
        return nil
      }
      return refuseTags(node, findings) ? Item(node, name: "the file", findings: findings) : nil
    } catch let error as YamlError {
      findings.add(error, in: text)
    } catch {
      findings.add(at: nil, "the file cannot be read as YAML: \(error)", remedy: "check it with a YAML validator")
    }
    return nil
  }

  /// Where the text has an alias, `*name` for an `&name` that is somewhere in it.
  ///
  /// Aliases are looked for before YAML is parsed, since a few of them can stand for more values than fit into memory,
  /// and the parser visits all of them where they are part of a key.
  private static func firstAlias(in text: String) -> (name: String, place: Place)? {
    let anchors = Set(
      text.utf8.indices.lazy.filter { text.utf8[$0] == UInt8(ascii: "&") }.map { name(text.utf8[$0...]) })
    guard !anchors.isEmpty else { return nil }
    var place = Place(line: 1, column: 0)
    var before: Unicode.Scalar = "\n"  // The last one that is no blank.
    for index in text.unicodeScalars.indices {
      let scalar = text.unicodeScalars[index]
      place.column += 1
      if scalar == "*", !before.isASCII || before.value < 32 || "[{,:-?".unicodeScalars.contains(before) {
        let name = name(text.utf8[index...])
        if !name.isEmpty, anchors.contains(name) { return (name, place) }
      }
      if scalar == "\n" { place = Place(line: place.line + 1, column: 0) }
      if scalar != " ", scalar != "\t" { before = scalar }
    }
    return nil
  }

  /// The name after the `&` or `*` with which the text starts.
  private static func name(_ text: Substring.UTF8View) -> String {
    let name = text.dropFirst().prefix { byte in
      switch Character(Unicode.Scalar(byte)) {
      case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
      default: false
      }
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// Reports `!tags`, which would change what a value means; those that say what it is anyway are accepted.
  private static func refuseTags(_ root: Node, _ findings: Findings) -> Bool {
    let harmless = Set([Tag.Name.implicit, .nonSpecific, .str, .seq, .map].map(\.rawValue))
    var pending = [root]
    while let node = pending.popLast() {
      let tag: Tag
      switch node {
      case .scalar(let scalar): tag = scalar.tag
      case .sequence(let nodes):
        tag = nodes.tag
        pending += nodes
      case .mapping(let pairs):
        tag = pairs.tag
        for pair in pairs { pending += [pair.key, pair.value] }
      case .alias: continue
      }
      if !harmless.contains(tag.rawValue) {
        findings.add(
          at: Place(node.mark), "the tag \(quoted(tag.rawValue)) is not supported",
          remedy: "remove the tag; put the text in quotes if it shall start with `!`")
        return false
      }
    }
    return true
  }
}

extension Findings {
  /// A syntax error, in words.
  fileprivate func add(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem.contains("another document") {
        add(at: Place(mark), "a second document starts here", remedy: "keep one document in the file: remove `---`")
      } else {
        let start =
          context.map { $0.mark.line == mark.line ? "" : "\($0.text) that began on line \($0.mark.line): " } ?? ""
        add(
          at: Place(mark), "not valid YAML: \(start)\(problem)",
          remedy: Self.remedy(for: "\(context?.text ?? "") \(problem)"))
      }
    case .duplicatedKeysInMapping(let keys, let context):
      add(
        at: Place(context.mark),
        "\(keys.map(quoted).joined(separator: ", ")) appears more than once in the same mapping",
        remedy: "keep one of them")
    case .reader(let problem, let offset, let value, _):
      let before = text.prefix(offset ?? 0).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      add(
        at: Place(line: max(before.count, 1), column: (before.last?.count ?? 0) + 1),
        "not valid YAML: \(problem) (U+\(String(value, radix: 16, uppercase: true)))",
        remedy: "remove the character, or write it as an escape within double quotes")
    default:
      add(at: nil, "the file cannot be read as YAML: \(error)", remedy: "check it with a YAML validator")
    }
  }

  private static func remedy(for problem: String) -> String {
    let remedies = [
      (
        "cannot start any token",
        "indent with spaces, not tabs; put a text that starts with a special character in quotes"
      ),
      (
        "mapping values are not allowed",
        "write `key: value` on lines indented alike, and put a text that has `: ` in it in quotes"
      ),
      ("expected alphabetic or numeric", "put a text that starts with `*` or `&` in quotes"),
      ("flow sequence", "close the list with `]`, with commas between its entries"),
      ("flow mapping", "close the mapping with `}`, with commas between its entries"),
      ("quoted scalar", "close the quotes"),
      ("nesting level", "an experiment needs no more than four levels"),
      ("expected <block end>", "indent it like its neighbours"),
      ("expected key", "indent it like its neighbours"),
      ("':'", "write `key: value`, with a space after the colon"),
    ]
    return remedies.first { problem.contains($0.0) }?.1
      ?? "check the indentation, the colons and the quotes here"
  }
}
