/// A disk that keeps apart what was written and what was flushed.
///
/// Changes of folders wait in a journal, in order, until a flush of their folder; a power cut keeps some of them and loses
/// others. A rename is one change: it happens on both sides or not at all. Bytes of files that were not flushed are kept,
/// torn or lost. This is less than real file systems promise, and all that POSIX does.
final class SimulatedDisk: Sendable {
  private let state = OneThread(State())

  private struct State {
    var root = Node(.folder)
    var isFull = false
    var journal: [Change] = []
  }

  /// Entries that change together.
  private struct Change {
    var entries: [(folder: Node, name: String, node: Node?)]
  }

  var root: Node { state.root }

  var isFull: Bool {
    get { state.isFull }
    set { state.isFull = newValue }
  }

  // MARK: What programs do

  func find(_ path: String) -> Node? { root.find(path) }

  /// Changes entries of folders, all of them at once.
  func change(_ entries: [(folder: Node, name: String, node: Node?)]) {
    for (folder, name, node) in entries { folder.entries[name] = node }
    state.journal.append(Change(entries: entries))
    // A real disk does not wait for ever.
    if state.journal.count > 100 { keep(state.journal.removeFirst()) }
  }

  func flush(_ node: Node) {
    guard node.kind == .folder else {
      node.flushedBytes = node.bytes
      return
    }
    var settled: Set<Slot> = []
    var kept: [Change] = []
    var waiting: [Change] = []
    for change in state.journal.reversed() {
      if change.entries.contains(where: { $0.folder === node }) {
        kept.append(change)
        settled.formUnion(change.entries.map { Slot($0.folder, $0.name) })
      } else {
        // What came before a change that is now on the disk cannot come after it.
        let entries = change.entries.filter { !settled.contains(Slot($0.folder, $0.name)) }
        if !entries.isEmpty { waiting.append(Change(entries: entries)) }
      }
    }
    for change in kept.reversed() { keep(change) }
    state.journal = waiting.reversed()
  }

  private struct Slot: Hashable {
    let folder: ObjectIdentifier
    let name: String

    init(_ folder: Node, _ name: String) {
      self.folder = ObjectIdentifier(folder)
      self.name = name
    }
  }

  private func keep(_ change: Change) {
    for (folder, name, node) in change.entries { folder.flushedEntries[name] = node }
  }

  // MARK: What goes wrong

  /// Loses what was not flushed, or a part of it.
  func cutPower(_ chance: Chance) {
    for change in state.journal where chance.happens(0.5) { keep(change) }
    state.journal = []
    settle(root, chance)
  }

  /// Makes what was left what programs see.
  private func settle(_ node: Node, _ chance: Chance) {
    if node.kind == .file, node.flushedBytes != node.bytes {
      switch chance.integer(0...2) {
      case 0: node.bytes = node.flushedBytes ?? []
      case 1: node.bytes = Array(node.bytes.prefix(chance.integer(0...node.bytes.count)))
      default: break
      }
      node.flushedBytes = node.bytes
    }
    node.entries = node.flushedEntries
    for name in node.entries.keys.sorted() { node.entries[name].map { settle($0, chance) } }
  }
}
