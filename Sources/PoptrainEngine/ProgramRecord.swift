internal import PoptrainRuns
internal import PoptrainExperimentFile
package import Foundation
internal import PoptrainCheckpoints
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainText

/// What a trainer's program is made of at a start, and where the run is, as history records it.
struct ProgramRecord: Hashable {
  /// The folder in which trainers run.
  var folder: String
  /// The folder of the run.
  var run: String
  /// The commit that is checked out there.
  var commit: String?
  /// The hashes of the program's files, by their paths in the folder.
  var files: [String: String]

  /// Looks at a program as it is now.
  init(of experiment: Experiment, folder: String, run: String) {
    self.folder = folder
    self.run = realPath(run)
    commit = GitCommit.checkedOut(in: folder)
    files = [:]
    for path in ProgramFiles.paths(of: experiment.trainer, in: folder) {
      files[path] = try? contentHash(ofFileAt: "\(folder)/\(path)")
    }
  }

  /// Reads what was recorded; none where that is of another kind.
  init?(_ detail: String) {
    guard let json = try? JSON.parse(detail), let folder = json["folder"]?.text, let run = json["run"]?.text else {
      return nil
    }
    self.folder = folder
    self.run = run
    commit = json["commit"]?.text
    files = [:]
    for file in json["files"]?.members ?? [] { files[file.name] = file.value.text }
  }

  /// As it is recorded.
  var detail: String {
    let hashes = files.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .text($0.value)) }
    return JSON.object([
      "folder": .text(folder), "run": .text(run), "commit": commit.map(JSON.text) ?? .null, "files": .object(hashes),
    ]).description
  }

  /// What has changed since an event that recorded another; none where nothing has.
  func change(since event: Event?) -> ProgramChange? {
    guard let event, let before = ProgramRecord(event.what.detail) else { return nil }
    let changed = files.filter { path, hash in before.files[path].map { $0 != hash } ?? false }.keys.sorted()
    guard !changed.isEmpty else { return nil }
    let commits = before.commit == commit ? nil : [before.commit, commit]
    return ProgramChange(files: changed, since: Date(timeIntervalSince1970: event.at), commits: commits)
  }
}

/// What has changed in a trainer's program since an earlier start.
package struct ProgramChange: Hashable, Sendable {
  /// The files, by their paths in the trainer's folder.
  package let files: [String]
  /// When it was started as it had been.
  package let since: Date
  /// The commits of then and of now, where they differ.
  let commits: [String?]?

  /// `train.py has changed since …`, for a program and the start of which it was.
  package func words(since start: String) -> String {
    let names = files.prefix(3).joined(separator: ", ") + (files.count > 3 ? " and \(files.count - 3) more" : "")
    let hashes = commits.map { $0.map { $0.map { String($0.prefix(10)) } ?? "none" }.joined(separator: " -> ") }
    return "\(names) \(files.count == 1 ? "has" : "have") changed since \(start), \(spoken(since))"
      + (hashes.map { " (commit \($0))" } ?? "")
  }
}

extension RecordedRun {
  /// What has changed in the trainer's program since the run was last started; none where that was not recorded.
  package var programChange: ProgramChange? {
    guard experiment.trainer.contract != .inProcess else { return nil }
    return ProgramRecord(of: experiment, folder: folder, run: directory.address).change(since: program)
  }
}

/// A path without links, where it exists.
func realPath(_ path: String) -> String {
  URL(fileURLWithPath: path).resolvingSymlinksInPath().path
}
