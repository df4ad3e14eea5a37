internal import PopulationBasedTraining

/// A key of the experiment file. It is declared once, in `Keys.swift`; the reader, the writer, what a resumed run may change,
/// suggestions and the test of `docs/experiment-file.md` follow from the declaration.
struct Key: Sendable {
  let name: String
  /// Another name for it.
  let otherName: String?
  /// What other tools call it, in small letters without separators: then this key is suggested.
  let synonyms: [String]
  /// What may be written, for the documentation.
  let type: String
  /// What to write where the key is missing; none: it may be left out.
  let remedyIfMissing: String?
  /// What holds where the key is left out, for the documentation, where that is not the value of an experiment.
  private let otherDefault: String?
  /// Whether a run may change it when it is resumed.
  let isSafe: Bool
  /// Whether the file of a run says it even where it has its default.
  private let isAlwaysWritten: Bool
  /// The beginning of what the documentation says.
  let summary: String
  /// The keys of its mapping.
  let keys: [Key]
  /// Reads a value into the experiment; reports what is wrong with it, and then returns false.
  private let read: @Sendable (Item, inout Draft) -> Bool
  /// The value as it is written.
  private let yaml: @Sendable (Experiment) -> String?
  /// The value as it is written below the key, a name and a value on each line; empty: it is written beside the key.
  private let lines: @Sendable (Experiment) -> [(String, String)]

  /// Declares a key with a reader and a writer of its own.
  init(
    _ name: String, or otherName: String? = nil, type: String, required: String? = nil, default other: String? = nil,
    isSafe: Bool = false, isAlwaysWritten: Bool = false, synonyms: [String] = [], keys: [Key] = [], _ summary: String,
    read: @escaping @Sendable (Item, inout Draft) -> Bool, yaml: @escaping @Sendable (Experiment) -> String?,
    lines: @escaping @Sendable (Experiment) -> [(String, String)] = { _ in [] }
  ) {
    self.name = name
    self.otherName = otherName
    self.synonyms = synonyms
    self.type = type
    remedyIfMissing = required
    otherDefault = other
    self.isSafe = isSafe
    self.isAlwaysWritten = isAlwaysWritten || required != nil
    self.summary = summary
    self.keys = keys
    self.read = read
    self.yaml = yaml
    self.lines = lines
  }

  /// Declares a key for a property of the experiment. Its default is the default of the property.
  init<T>(
    _ name: String, or otherName: String? = nil, _ property: any WritableKeyPath<Experiment, T> & Sendable,
    _ kind: Kind<T>, required: String? = nil, default other: String? = nil, isSafe: Bool = false,
    isAlwaysWritten: Bool = false, synonyms: [String] = [], keys: [Key] = [], _ summary: String
  ) {
    self.init(
      name, or: otherName, type: kind.type, required: required, default: other, isSafe: isSafe,
      isAlwaysWritten: isAlwaysWritten, synonyms: synonyms, keys: keys, summary,
      read: { item, draft in
        guard let value = kind.read(item, draft) else { return false }
        draft.experiment[keyPath: property] = value
        return true
      }, yaml: { kind.yaml($0[keyPath: property]) })
  }

  /// Declares a key for a property that has no value where the key is left out.
  init<T>(
    _ name: String, optional property: any WritableKeyPath<Experiment, T?> & Sendable, _ kind: Kind<T>,
    default other: String? = nil, synonyms: [String] = [], _ summary: String
  ) {
    self.init(name, property, kind.optional, default: other, synonyms: synonyms, summary)
  }

  /// Declares a key with a mapping of keys.
  ///
  /// - Parameter isOnLines: whether each of them is written on a line of its own.
  init(
    _ name: String, required: String? = nil, default other: String? = nil, isSafe: Bool = false,
    isAlwaysWritten: Bool = false, isOnLines: Bool = false, keys: [Key], _ summary: String
  ) {
    self.init(
      name, type: "mapping", required: required, default: other, isSafe: isSafe, isAlwaysWritten: isAlwaysWritten,
      keys: keys, summary, read: { item, draft in draft.read(keys, of: name, in: item) },
      yaml: { yamlMapping(keys.written(in: $0)) }, lines: { isOnLines ? keys.written(in: $0) : [] })
  }

  /// Its names in the file.
  var names: [String] { [name] + (otherName.map { [$0] } ?? []) }

  /// Its default, for the documentation.
  var shownDefault: String {
    if remedyIfMissing != nil { return "required" }
    let value = yaml(.standard()).flatMap { ["[]", "{}"].contains($0) ? nil : "`\($0)`" }
    return otherDefault ?? value ?? "none"
  }

  /// Reads the key from its mapping.
  func read(from section: Section, into draft: inout Draft) {
    let written = otherName.map { section.key(name, or: $0) } ?? name
    if let item = section[written] {
      if !read(item, &draft) { draft.wrong.insert(name) }
    } else if let remedyIfMissing {
      section.item.findings.add(at: section.item.place, "`\(written)` is missing", remedy: remedyIfMissing)
      draft.wrong.insert(name)
    }
  }

  /// What the file says of it. What the first files could not say is left out where it is as it was then, so that a run that
  /// was recorded by an older version still says the same.
  func written(in experiment: Experiment) -> String? {
    let value = yaml(experiment)
    return isAlwaysWritten || value != yaml(.standard(rulesVersion: 1)) ? value : nil
  }

  /// The lines of the file.
  func entries(of experiment: Experiment) -> [Experiment.Entry] {
    let lines = lines(experiment)
    guard lines.isEmpty else { return lines.map { Experiment.Entry(section: name, key: $0, value: $1) } }
    return written(in: experiment).map { [Experiment.Entry(section: nil, key: name, value: $0)] } ?? []
  }
}

extension [Key] {
  /// What the file says of them.
  func written(in experiment: Experiment) -> [(String, String)] {
    compactMap { key in key.written(in: experiment).map { (key.name, $0) } }
  }
}
