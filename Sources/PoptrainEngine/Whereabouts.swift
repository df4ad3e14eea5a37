package import PoptrainRuns
package import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainStore

// A run is known by what it is, and not by where it is: what was moved, renamed or removed since the last start is found
// before anything is started.

extension RecordedRun {
  /// Checks that its trainer can be started where it was last started, and that this is still the one that belongs to the run.
  package func checkTrainer() throws(RunError) {
    guard experiment.trainer.contract != .inProcess else { return }
    if let missing {
      throw .trainerMissing(path: directory.shown, missing: missing, found: fittingFileHere)
    }
    guard directory.isFolder, let before = program.flatMap({ ProgramRecord($0.what.detail) }),
      before.folder == folder
    else { return }
    let now = realPath(directory.path)
    guard before.run != now else { return }
    let (wasInside, isInside) = (before.run.hasPrefix(folder + "/"), now.hasPrefix(folder + "/"))
    let here = fittingFileHere
    // A run that was never among the trainer's files may lie anywhere, unless there is another trainer where it is now.
    guard wasInside ? !isInside : here != nil else { return }
    let there = fittingFile("\(folder)/\(experimentFile(in: folder) ?? "experiment.yaml")")
    throw .moved(path: directory.shown, from: before.run, folder: folder, found: [here, there].compactMap { $0 })
  }

  /// What its trainer is started from and is not there any more.
  private var missing: String? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      return "its folder \(folder) is not there"
    }
    do {
      _ = try ExperimentFile.parse(
        recorded: experiment.yaml, path: "\(folder)/experiment.yaml", programs: .ofThisMachine())
      return nil
    } catch {
      return error.findings.map { "in \(folder), \($0.message); \($0.remedy)" }.joined(separator: "; ")
    }
  }

  /// The experiment file with the trainer that is where it was as seen from the run, or above it.
  private var fittingFileHere: RunError.FittingFile? {
    let before = program.flatMap { ProgramRecord($0.what.detail) }
    let beside = before.map { relativePath(from: $0.run, to: $0.folder) }
    for place in [beside, "..", "../..", "../../.."].compactMap({ $0 }) {
      let candidate = simplified(directory.path + "/" + place)
      guard realPath(candidate) != folder, let file = experimentFile(in: candidate) else { continue }
      let shown = simplified(directory.shown + "/" + place)
      return fittingFile(shown == "." ? file : "\(shown)/\(file)")
    }
    return nil
  }

  private func fittingFile(_ path: String) -> RunError.FittingFile {
    let seed = experiment.rules.seed
    let said = (try? ExperimentFile.read(contentsOf: path))?.rules.seed
    let isRemembered = said == seed || said == self.file.rules.seed
    return RunError.FittingFile(path: path, seed: isRemembered ? nil : seed)
  }

  /// A file in a folder with which this run could be resumed.
  private func experimentFile(in folder: String) -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
    return (files.filter { $0 == "experiment.yaml" } + files).prefix(100).first { name in
      let path = "\(folder)/\(name)"
      guard
        var other = try? ExperimentFile.read(
          contentsOf: path, programs: .ofThisMachine(), rulesVersion: experiment.rules.version)
      else { return false }
      if (try? ExperimentFile.namesItself(contentsOf: path)) == false { other.name = experiment.name }
      other.rules.seed = experiment.rules.seed
      return other.changes(from: experiment).allSatisfy { $0.isSafe && $0.key != "trainer.command" }
    }
  }
}

extension Experiment {
  /// Checks that a new run, whose name follows from where its file is, is no run of the same experiment from when that was
  /// elsewhere.
  ///
  /// - Parameters:
  ///   - place: the experiment file, and the folder in which trainers run.
  ///   - seed: what holds instead of the file's; a run of another seed is another one.
  ///   - command: what begins the run there.
  package func checkNew(
    _ directory: RunDirectory, place: Place, seed: UInt64?, command: String
  ) throws(RunError) {
    guard !directory.holdsRun else { return }
    for other in directory.siblings {
      if let name = earlierName(in: other, place: place, seed: seed) {
        throw .sameExperiment(path: directory.shown, found: other.shown, name: name, command: command)
      }
    }
  }

  /// Where an experiment is.
  package struct Place {
    let file: String
    let folder: String

    /// The experiment file, as it was given, and the folder in which trainers run.
    package init(file: String, folder: String) {
      self.file = file
      self.folder = folder
    }
  }

  /// The name that this experiment had when a run was begun; none where that is not a run of it, or has the same name.
  package func earlierName(in other: RunDirectory, place: Place, seed: UInt64?) -> String? {
    guard other.holdsRun, let run = try? other.database.identity(),
      // Else this is a copy of that folder, which may have a run of its own beside.
      run.folder == place.folder || realPath(other.path).hasPrefix(place.folder + "/")
        || !FileManager.default.fileExists(atPath: run.folder),
      var before = try? Experiment(recorded: run.file, in: other), before.name != self.name,
      seed == nil || seed == (try? Experiment(recorded: run.experiment, in: other))?.rules.seed,
      // Read as it was read then.
      var now = try? ExperimentFile.read(contentsOf: place.file, rulesVersion: before.rules.version)
    else { return nil }
    let name = before.name
    (before.name, before.workers) = (self.name, workers)
    (now.workers, now.rules.firstDraws) = (workers, before.rules.firstDraws)
    if seed != nil { now.rules.seed = before.rules.seed }
    return before == now ? name : nil
  }
}

extension RunDirectory {
  /// All that is beside it, and itself.
  package var siblings: [RunDirectory] {
    let parent = simplified(shown + "/..")
    return ((try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []).sorted().map { name in
      RunDirectory(path: parent == "." ? name : "\(parent)/\(name)")
    }
  }
}

/// A path without `.` and, as far as it goes, `..`, by its text alone.
private func simplified(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
  }
  let text = parts.joined(separator: "/")
  return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
}

/// The way from one folder to another, both absolute.
private func relativePath(from start: String, to end: String) -> String {
  let (from, to) = (start.split(separator: "/"), end.split(separator: "/"))
  let shared = zip(from, to).prefix { $0 == $1 }.count
  return (Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared)).joined(separator: "/")
}
