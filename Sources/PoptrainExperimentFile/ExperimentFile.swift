internal import Foundation
internal import PopulationBasedTraining

/// The text of an experiment and what it means; `docs/experiment-file.md` describes it for those who write one.
package enum ExperimentFile {
  /// Reads the text of an experiment file.
  ///
  /// - Parameters:
  ///   - path: how findings name the file; its folder is where the trainer's program is looked for.
  ///   - programs: where to look for that program; nowhere, if it need not be there.
  ///   - rulesVersion: the version whose defaults fill in what the file does not say; a run keeps its own.
  /// - Throws: everything that is wrong, at once. An error of syntax comes alone.
  package static func parse(
    text: String, path: String, programs: Programs? = nil, rulesVersion: Int = Rules.currentVersion
  ) throws(InvalidExperiment) -> Experiment {
    try parse(text, with: ExperimentReader(path: path, programs: programs, rulesVersion: rulesVersion))
  }

  /// Reads the text that a run has recorded, of which the population may have grown or shrunk since its lists were written.
  package static func parse(
    recorded text: String, path: String, programs: Programs? = nil
  ) throws(InvalidExperiment) -> Experiment {
    try parse(text, with: ExperimentReader(path: path, programs: programs, rulesVersion: 1, isRecorded: true))
  }

  /// Whether an experiment file says its `name`, and does not get one from where it is.
  package static func namesItself(contentsOf path: String) throws(InvalidExperiment) -> Bool {
    let findings = Findings(file: path)
    guard let root = Document.root(of: try text(of: path), findings: findings),
      let file = Section(root, known: nil, kind: "a key of an experiment file")
    else { throw findings.error }
    return file["name"] != nil
  }

  private static func parse(_ text: String, with reader: ExperimentReader) throws(InvalidExperiment) -> Experiment {
    let findings = Findings(file: reader.path)
    let experiment = Document.root(of: text, findings: findings).flatMap { reader.experiment($0) }
    guard let experiment else { throw findings.error }
    return experiment
  }

  /// Reads an experiment file.
  package static func read(
    contentsOf path: String, programs: Programs? = nil, rulesVersion: Int = Rules.currentVersion
  ) throws(InvalidExperiment) -> Experiment {
    try parse(text: text(of: path), path: path, programs: programs, rulesVersion: rulesVersion)
  }

  private static func text(of path: String) throws(InvalidExperiment) -> String {
    func unreadable(_ message: String, _ remedy: String, at place: Place? = nil) -> InvalidExperiment {
      InvalidExperiment(findings: [Finding(file: path, place: place, message: message, remedy: remedy)])
    }
    let real = URL(verbatimPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: real) else {
      throw unreadable(Document.missing, "check the path")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw unreadable("this is not a file", "name the experiment file itself, such as `\(path)/experiment.yaml`")
    }
    guard let file = FileHandle(forReadingAtPath: real),
      let data = try? file.read(upToCount: Document.largest + 1) ?? Data()
    else {
      throw unreadable("the file may not be read", "check its permissions")
    }
    guard data.count <= Document.largest else { throw unreadable(Document.tooLarge.message, Document.tooLarge.remedy) }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw unreadable("the text is not UTF-8", "save it as UTF-8", at: firstInvalidPlace(in: data))
    }
    return text
  }

  private static func firstInvalidPlace(in data: Data) -> Place? {
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let index = lines.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil }) else { return nil }
    let repaired = String(decoding: lines[index], as: UTF8.self).unicodeScalars
    return Place(line: index + 1, column: repaired.prefix { $0 != "\u{FFFD}" }.count + 1)
  }
}
