internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainExperimentFile
internal import PoptrainSharedLog
internal import PoptrainStore

internal import Glibc

// A run that several processes train, on one machine or on many that share its place.
extension RunDirectory {
  /// Whether several processes may train the run.
  package var isShared: Bool { !isFolder || kind(of: log) == S_IFDIR && FolderLog(path: log).exists }

  /// The names of the folders of entries in its log.
  package var entryFolders: [String] { FolderLog(path: log).entryFolders }

  /// Has its log read and checked from its beginning.
  package func readLogAnew() throws(RunError) {
    guard isShared else { return }
    do { try sharedDatabase.readAnew() } catch { throw .store(error) }
  }

  /// Whether its log has entries, also where that cannot be known: whoever reads them is told why.
  var holdsEntries: Bool { ((try? sharedLog.last()) ?? 1) > 0 }

  private var sharedLog: any EntryLog { remoteLog ?? FolderLog(path: log) }

  /// The population, as its log has it.
  var sharedDatabase: SharedLogDatabase {
    var status = stat()
    let place = isFolder && stat(log, &status) == 0 ? "-\(status.st_dev)-\(status.st_ino)" : ""
    return SharedLogDatabase(sharedLog, copies: bucket == nil ? RunDirectory.cache : path, place: place) {
      text throws(StoreError) in
      do throws(RunError) {
        return try Experiment(recorded: text, in: self).rules
      } catch .store(let error) {
        throw error
      } catch {
        throw .notAStore("\(error)")
      }
    }
  }

  /// Asks all processes that train the run to stop as SIGTERM does. They find that out within ten seconds.
  package func requestStop() async throws(RunError) {
    // Not by the time of a pulse: the clocks of machines differ.
    guard try !pulses().isEmpty else { throw .cannotStop("\(shown) is not being trained, so there is nothing to stop") }
    do { try await sharedDatabase.requestStop() } catch { throw .store(error) }
  }

  /// Whether a process that trains the run has said within half a minute that it lives, by the clock of the place as
  /// this machine sees it.
  var isTrainedByAnybody: Bool {
    ((try? pulses()) ?? []).contains { abs($0.saidAt.timeIntervalSinceNow) < 30 }
  }

  /// Whether no process trains the run. Where one may have been killed, it takes half a minute to find out: those that live
  /// count on.
  package func isAbandoned() throws(RunError) -> Bool {
    let before = try pulses()
    guard !before.isEmpty else { return true }
    guard !isTrainedByAnybody else { return false }
    sleep(25)
    return try pulses() == before
  }

  private func pulses() throws(RunError) -> Set<Pulse> {
    do throws(LogFailure) { return Set(try sharedLog.pulses()) } catch { throw .store(error.asStoreError) }
  }

  /// What shows whether a run in a bucket or a database has changed: the number of its last entry.
  package var lastEntry: Int? { try? remoteLog?.lastKnown() }

  /// Where this user's copies of shared runs are: on this machine, since SQLite must not be in a folder that others share.
  static var cache: String {
    let cache = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap {
      $0.hasPrefix("/") ? $0 + "/poptrain/runs" : nil
    }
    return cache ?? NSTemporaryDirectory() + "poptrain-runs-\(getuid())"
  }
}
