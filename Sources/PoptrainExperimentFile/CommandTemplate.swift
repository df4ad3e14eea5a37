/// The arguments of a program with placeholders such as `{save}`; `{{` and `}}` stand for braces.
package struct CommandTemplate: Hashable, Sendable {
  /// A part of an argument.
  package enum Piece: Hashable, Sendable {
    /// Text that stays.
    case text(String)
    /// A name that is replaced.
    case placeholder(String)
  }

  /// Why an argument is not a template.
  package enum Malformed: Error, Hashable, Sendable {
    /// A `{` without its `}`, or the reverse.
    case unbalancedBrace
    /// `{args}`, which becomes several arguments, is only a part of one.
    case argsNotAlone
  }

  /// The placeholders that no hyperparameter may have as its name.
  package static let reserved = [
    "load", "save", "start", "stop", "seed", "member", "kind", "result", "hyperparameters", "args",
  ]
  /// Of these, what a hyperparameter may be called all the same, as it could before there was the placeholder; then that is what
  /// it stands for.
  static let mayBeHyperparameter: Set = ["kind"]

  /// All placeholders of ours; of the others a hyperparameter may have the name, and then it is meant.
  package static let known = reserved + ["member_steps", "donor"]

  /// The pieces of each argument.
  package let arguments: [[Piece]]

  /// Takes the arguments apart.
  package init(_ arguments: [String]) throws(Malformed) {
    var pieces: [[Piece]] = []
    for argument in arguments { pieces.append(try Self.pieces(of: argument)) }
    self.arguments = pieces
  }

  /// The names in all arguments.
  package var placeholders: Set<String> {
    Set(arguments.joined().compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
  }

  /// The arguments with every placeholder replaced.
  ///
  /// - Parameters:
  ///   - args: what `{args}` becomes.
  ///   - value: the text for every other name; a placeholder for which it has none stays as it is.
  package func filled(args: [String], _ value: (String) -> String?) -> [String] {
    arguments.flatMap { pieces in
      if pieces == [.placeholder("args")] { return args }
      let texts = pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .placeholder(let name): value(name) ?? "{\(name)}"
        }
      }
      return [texts.joined()]
    }
  }

  /// The pieces of one argument.
  static func pieces(of argument: String) throws(Malformed) -> [Piece] {
    var pieces: [Piece] = []
    var text = ""
    var rest = argument.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        text.unicodeScalars.append(scalar)
        rest.removeFirst()
      case "{":
        guard let end = rest.firstIndex(where: { $0 == "{" || $0 == "}" }), rest[end] == "}" else {
          throw .unbalancedBrace
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(.placeholder(String(rest[..<end])))
        rest = rest[end...].dropFirst()
      case "}":
        throw .unbalancedBrace
      default:
        text.unicodeScalars.append(scalar)
      }
    }
    if !text.isEmpty { pieces.append(.text(text)) }
    if pieces.count > 1, pieces.contains(.placeholder("args")) { throw .argsNotAlone }
    return pieces
  }
}
