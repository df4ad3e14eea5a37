internal import Yams

/// A value of the file, with its place and what messages call it.
struct Item {
  /// What messages call it, such as `` `steps` `` or ``entry 2 of `trainer.command` ``.
  let name: String
  let place: Place
  let findings: Findings
  private let node: Node

  enum Content {
    case scalar(written: String, isQuoted: Bool)
    case list([Item])
    case mapping([(key: Item, value: Item)])
  }

  init(_ node: Node, name: String, findings: Findings) {
    self.node = node
    self.name = name
    self.findings = findings
    place = Place(node.mark)
  }

  /// What is written here. One level at a time, so that a deeply nested file needs no deep stack.
  var content: Content {
    switch node {
    case .scalar(let scalar):
      .scalar(written: scalar.string, isQuoted: scalar.style != .plain || scalar.tag.rawValue == Tag.Name.str.rawValue)
    case .sequence(let nodes):
      .list(nodes.enumerated().map { Item($1, name: "entry \($0 + 1) of \(name)", findings: findings) })
    case .mapping(let pairs):
      .mapping(
        pairs.map {
          (Item($0.key, name: "a key of \(name)", findings: findings), Item($0.value, name: name, findings: findings))
        })
    case .alias:
      .scalar(written: "", isQuoted: false)  // Composing resolves every alias; none is left.
    }
  }

  /// The same value under the name by which messages shall call it.
  func named(_ name: String) -> Item {
    Item(node, name: name, findings: findings)
  }

  /// Reports a finding about this value: its name, then the predicate.
  func wrong(_ predicate: @autoclosure () -> String, remedy: @autoclosure () -> String) {
    findings.add(at: place, "\(name) \(predicate())", remedy: remedy())
  }

  /// The value as a message shows it.
  var shown: String {
    switch content {
    case .scalar(let written, let isQuoted):
      isQuoted ? "the text \(quoted(written))" : written.isEmpty ? "an empty value" : quoted(written)
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension Place {
  init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}
