internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainExperimentFile
internal import PoptrainSharedLog
internal import PoptrainStore

internal import Glibc

// A run that several processes train, on one machine or on many that share its folder.
extension RunDirectory {
  /// Whether several processes may train the run.
  package var isShared: Bool { kind(of: log) == S_IFDIR && FolderLog(path: log).exists }

  /// Has its log read and checked from its beginning when next it is asked for.
  package func readLogAnew() throws(RunError) {
    guard isShared else { return }
    do { try sharedDatabase.forgetCopy() } catch { throw .store(error) }
  }

  /// Whether its log has entries.
  var holdsEntries: Bool { ((try? FolderLog(path: log).last()) ?? 0) > 0 }

  func makeLog() throws { try FolderLog(path: log).make() }

  /// The population, as its log has it.
  var sharedDatabase: SharedLogDatabase {
    var status = stat()
    let place = stat(log, &status) == 0 ? "-\(status.st_dev)-\(status.st_ino)" : ""
    return SharedLogDatabase(FolderLog(path: log), copies: RunDirectory.copies, place: place) {
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
    guard !pulses().isEmpty else { throw .cannotStop("\(shown) is not being trained, so there is nothing to stop") }
    do { try await sharedDatabase.requestStop() } catch { throw .store(error) }
  }

  /// Whether a process that trains the run has said within half a minute that it lives, by the clock of the file system as
  /// this machine sees it.
  var isTrainedByAnybody: Bool {
    let pulses = log + "/pulse"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: pulses)) ?? []
    return names.contains { name in
      var status = stat()
      guard stat("\(pulses)/\(name)", &status) == 0 else { return false }
      return abs(Double(status.st_mtim.tv_sec) - Date().timeIntervalSince1970) < 30
    }
  }

  /// Whether no process trains the run. Where one may have been killed, it takes half a minute to find out: those that live
  /// count on.
  package func isAbandoned() -> Bool {
    let before = pulses()
    guard !before.isEmpty else { return true }
    guard !isTrainedByAnybody else { return false }
    sleep(25)
    return pulses() == before
  }

  private func pulses() -> [String: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: log + "/pulse")) ?? []
    return Dictionary(
      names.map { ($0, (try? String(contentsOfFile: "\(log)/pulse/\($0)", encoding: .utf8)) ?? "") }
    ) { $1 }
  }

  /// Where this user's copies of shared runs are: on this machine, since SQLite must not be in a folder that others share.
  private static var copies: String {
    let cache = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap {
      $0.hasPrefix("/") ? $0 + "/poptrain" : nil
    }
    return cache ?? NSTemporaryDirectory() + "poptrain-runs-\(getuid())"
  }
}
