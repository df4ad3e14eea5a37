package import PoptrainStore
internal import PoptrainExperimentFile
package import PoptrainS3
internal import PoptrainSharedLog
internal import PoptrainSQLite
internal import PopulationBasedTraining
internal import Foundation

internal import Glibc

/// The folder of a run. For a run in a bucket, this folder is only the local cache. Where the history is in a database, all
/// else is in a folder or a bucket.
package struct RunDirectory: Hashable, Sendable {
  /// Where it is, absolute.
  package let path: String

  /// How people know it: as it was given, so that what is printed of a relative path is one.
  package let shown: String

  /// What it is called among others.
  package let name: String

  /// The bucket of its checkpoints, where they are in one.
  package let bucket: S3Bucket?
  /// Its log, where that is in a bucket or a database.
  let remoteLog: (any EntryLog)?

  /// Names a folder, which need not exist.
  package init(path: String) {
    self.path = URL(verbatimPath: path).standardizedFileURL.path
    var shown = path.isEmpty ? self.path : path
    while shown.count > 1, shown.hasSuffix("/") { shown.removeLast() }
    self.shown = shown
    name = URL(fileURLWithPath: self.path).lastPathComponent
    (bucket, remoteLog) = (nil, nil)
  }

  /// Names a run whose log is elsewhere.
  init(path: String, shown: String, name: String, bucket: S3Bucket?, log: any EntryLog) {
    (self.path, self.shown, self.name) = (path, shown, name)
    (self.bucket, remoteLog) = (bucket, log)
  }

  /// Whether all of it is in its folder.
  package var isFolder: Bool { remoteLog == nil }

  /// The folder beside this one whose name is longer; where the run is in no folder, one on this machine.
  package func beside(suffix: String) -> RunDirectory {
    if !isFolder { return RunDirectory(path: "runs/\(name)\(suffix)") }
    let isNamed = ![".", ".."].contains(shown.split(separator: "/").last ?? ".")
    return RunDirectory(path: (isNamed ? shown : path) + suffix)
  }

  /// The file of the population.
  package var databaseFile: String { path + "/population.sqlite" }
  /// What several processes that train the run write, where they may.
  package var log: String { path + "/log" }
  /// The population.
  package var database: any RunDatabase { isShared ? sharedDatabase : SQLiteDatabase(path: databaseFile) }
  /// The experiment as run, with defaults filled in.
  package var experimentFile: String { path + "/experiment.yaml" }
  /// The checkpoints.
  package var checkpoints: String { path + "/checkpoints" }
  /// What trainers print.
  package var logs: String { path + "/logs" }
  /// The link to the best checkpoint so far.
  package var best: String { path + "/best" }
  /// What tests have measured of checkpoints that are compared.
  package var tests: String { path + "/tests.json" }
  /// Held by the one process that writes.
  package var lock: String { path + "/.lock" }

  /// Whether a run has been started here.
  package var holdsRun: Bool { kind(of: databaseFile) == S_IFREG || isShared && holdsEntries }

  /// Why there is no run to be read here: it is another user's, or there is none.
  package var absence: RunError {
    var status = stat()
    guard isFolder, lstat(databaseFile, &status) != 0, errno == EACCES else { return .notARun(path: shown) }
    return .cannotRead(path: shown, reason: String(cString: strerror(EACCES)))
  }

  /// Whether an engine has held the lock of the folder, or holds it.
  package var wasLocked: Bool {
    kind(of: lock) == S_IFREG && (try? String(contentsOfFile: lock, encoding: .utf8))?.hasPrefix("process ") == true
  }

  /// Whether a process holds the right to write it at this moment.
  package var isLocked: Bool {
    if isShared { return isTrainedByAnybody }
    let descriptor = open(lock, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) != 0 { return errno == EWOULDBLOCK }
    // A process that is just being started has the descriptor too.
    flock(descriptor, LOCK_UN)
    return false
  }

  /// Where the folder leads to, where it is a link itself.
  package var linkTarget: String? {
    kind(of: path) == S_IFLNK ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : nil
  }

  /// What is in the folder that a start of a run that came to nothing would not have left.
  package var foreignContent: String? {
    let files = FileManager.default
    for (folder, expected) in [
      (path, ["checkpoints", "logs", "log", ".lock"]), (checkpoints, [".incoming"]), (logs, []), (log, ["pulse"]),
    ] {
      let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
      let foreign = names.filter { !expected.contains($0) && !$0.hasPrefix("population.sqlite") }
      if let first = foreign.min() { return folder == path ? first : "\(folder.dropFirst(path.count + 1))/\(first)" }
    }
    return nil
  }

  /// Checks that what has the names that a run gives is what a run makes: behind a link is something of somebody else, and
  /// a FIFO would be waited for.
  package func checkKinds() throws(RunError) {
    let logNames = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
    try check([checkpoints, checkpoints + "/.incoming", logs, log], are: S_IFDIR, "a folder")
    try check(["", "-wal", "-shm"].map { databaseFile + $0 }, are: S_IFREG, "a file")
    try check([lock, experimentFile, tests] + logNames.map { "\(logs)/\($0)" }, are: S_IFREG, "a file")
  }

  /// Checks that nothing else would be replaced by the link to the best checkpoint. A copy of a run may have a folder there.
  package func checkBest() throws(RunError) {
    try check([best], are: S_IFLNK, "a link")
  }

  private func check(_ names: [String], are kind: mode_t, _ expected: String) throws(RunError) {
    for name in names where ![nil, kind].contains(self.kind(of: name)) {
      throw .notOfARun(path: name, expected: expected)
    }
  }

  /// What stands in the file system under a name, not what it links to; none where there is nothing.
  func kind(of name: String) -> mode_t? {
    var status = stat()
    return lstat(name, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Makes the folder, which is this user's own, and those in it.
  ///
  /// - Parameters:
  ///   - isDurable: whether they survive a power cut, with those above that had to be made.
  ///   - isShared: whether several processes may train the run.
  package func create(isDurable: Bool, isShared: Bool = false) throws(RunError) {
    if !isFolder, bucket == nil, holdsRun, kind(of: checkpoints) == nil {
      throw .cannotRead(
        path: checkpoints, reason: "it is not there; all machines must have the checkpoints of the run at this path")
    }
    var changed = [path]
    var above = URL(fileURLWithPath: path)
    while above.path != "/", !FileManager.default.fileExists(atPath: above.path) {
      above.deleteLastPathComponent()
      changed.append(above.path)
    }
    do {
      let files = FileManager.default
      let isNew = !files.fileExists(atPath: path)
      for folder in [path, checkpoints, logs] {
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      if isShared, isFolder { try FolderLog(path: log).make() }
      if isNew { try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
    } catch {
      throw RunError(writing: shown, error)
    }
    if isDurable { for folder in changed { try WholeFile.flush(folder) } }
  }
}
