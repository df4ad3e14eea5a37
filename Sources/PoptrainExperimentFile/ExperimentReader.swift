internal import Foundation
internal import PopulationBasedTraining

/// Reads a whole experiment file. Everything is read before anything is given up, so that one attempt finds all that
/// is wrong.
struct ExperimentReader {
  let path: String
  let programs: Programs?
  /// The version of the rules where the file does not say: a run that has recorded none is older than that key.
  let rulesVersion: Int
  /// Whether a run has recorded it, whose population may have grown or shrunk since: then lists need not have one entry for
  /// each member, and one may train on alone.
  var isRecorded = false

  func experiment(_ root: Item) -> Experiment? {
    let names = Key.all.flatMap(\.names)
    guard let file = Section(root, known: names, kind: "a key of an experiment file") else { return nil }
    var draft = Draft(experiment: .standard(rulesVersion: rulesVersion), file: file, reader: self)
    draft.experiment.name = defaultName
    Key.rulesVersion.read(from: file, into: &draft)
    for key in Key.all where key.name != Key.rulesVersion.name { key.read(from: file, into: &draft) }
    draft.check()
    return root.findings.all.isEmpty ? draft.experiment : nil
  }

  /// The folder of the file.
  var folder: String {
    let components = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return components.isEmpty ? "." : components.joined(separator: "/")
  }

  /// The name of the file; of its folder, where the file is just called `experiment`.
  private var defaultName: String {
    let components = URL(verbatimPath: path).standardizedFileURL.path.split(separator: "/")
    let file = components.last.map { $0.prefix(upTo: $0.dropFirst().lastIndex(of: ".") ?? $0.endIndex) } ?? ""
    let name = String(file == "experiment" ? components.dropLast().last ?? file : file)
    return problem(withName: name, forbidden: "/") == nil && name != ".." ? name : "experiment"
  }
}
