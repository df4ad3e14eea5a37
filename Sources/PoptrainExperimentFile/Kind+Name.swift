extension Kind<String> {
  static var name: Kind { Kind("string", read: { item, _ in readName(item) }, yaml: yamlText) }

  private static func readName(_ item: Item) -> String? {
    guard let name = item.text() else { return nil }
    if let problem = [".", ".."].contains(name) ? "is \(quoted(name))" : problem(withName: name, forbidden: "/") {
      item.wrong(problem, remedy: "the run's folder gets this name: choose one that can be the name of a folder")
      return nil
    }
    return name
  }
}

/// What is wrong with a name, as the predicate of a sentence.
///
/// Control characters and great lengths are refused since a name must fit on one line of YAML, of a log and of a table.
func problem(withName name: String, forbidden: String) -> String? {
  if name.isEmpty { return "is empty" }
  let longest = Experiment.longestName
  if name.utf8.count > longest { return "has more than \(longest) bytes" }
  for scalar in name.unicodeScalars {
    if scalar.properties.generalCategory == .control || scalar == "\u{FEFF}" { return "has a control character" }
    if forbidden.unicodeScalars.contains(scalar) { return "has \(quoted(String(scalar))) in it" }
  }
  return nil
}
