internal import Foundation
internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PoptrainRuns
internal import PopulationBasedTraining

/// The runs that are served: those that were named, and those below folders that were, also later ones.
actor RunShelf {
  /// Feeds that are kept, besides those that somebody listens to.
  private static let keptFeeds = 16

  /// What pages are to send along with what changes something.
  nonisolated let session: Secret

  private let places: [RunDirectory]
  private let pace: Pace
  private let thread = ReadingThread()
  /// The folder of each run that was found, by what pages call it.
  private var directories: [String: RunDirectory] = [:]
  private var keys: [String: String] = [:]
  private var entries: [String: (mark: FileMark, json: JSON)] = [:]
  private var feeds: [(key: String, feed: RunFeed)] = []
  private var list: [UInt8] = []
  private var listedAt = -Double.infinity

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ places: [RunDirectory], session: Secret, pace: Pace) {
    self.places = places
    self.session = session
    self.pace = pace
  }

  /// The runs, the one that was active last first: `runs.json`.
  func listing() -> [UInt8] {
    if pace.now() - listedAt < Pace.fresh { return list }
    listedAt = pace.now()
    let searches = places.map(RunSearch.init)
    let runs = searches.flatMap(\.runs).map { (key(of: $0), $0) }
    var known = Set<String>()
    var found: [JSON] = []
    for (key, directory) in runs where known.insert(key).inserted { found.append(entry(key, directory)) }
    found.sort { left, right in
      (left["lastActiveAtSeconds"]?.double ?? -.infinity) > (right["lastActiveAtSeconds"]?.double ?? -.infinity)
    }
    for (directory, reason) in searches.flatMap(\.unreadable) {
      found.append(json(RunList.Entry(directory, reason), key: key(of: directory)))
    }
    entries = entries.filter { known.contains($0.key) }
    list = JSON.object(["session": .text(session.text), "runs": .array(found)]).bytes
    return list
  }

  /// The run that pages call so.
  func feed(_ key: String) -> RunFeed? {
    if let position = feeds.firstIndex(where: { $0.key == key }) {
      let found = feeds.remove(at: position)
      feeds.append(found)
      return found.feed
    }
    if directories[key] == nil { _ = listing() }
    guard let directory = directories[key] else { return nil }
    let feed = RunFeed(key, directory, pace: pace)
    feeds.append((key, feed))
    if feeds.count > RunShelf.keptFeeds { feeds.removeFirst() }
    return feed
  }

  private func entry(_ key: String, _ directory: RunDirectory) -> JSON {
    let mark = FileMark(directory)
    if let (last, json) = entries[key], mark.isUnchanged(since: last) { return json }
    let json = json(RunList.Entry(directory), key: key)
    entries[key] = (mark, json)
    return json
  }

  /// What pages call a run: the name of its folder, made fit for a URL, and made unique.
  private func key(of directory: RunDirectory) -> String {
    if let key = keys[directory.path] { return key }
    let plain = String(directory.name.unicodeScalars.map { $0.isPlain ? Character($0) : "-" })
    let base = plain.allSatisfy { $0 == "." } ? "run" : plain
    var key = base
    var number = 1
    while directories[key] != nil {
      number += 1
      key = "\(base)-\(number)"
    }
    (keys[directory.path], directories[key]) = (key, directory)
    return key
  }

  private func json(_ entry: RunList.Entry, key: String) -> JSON {
    .fields([
      "key": .text(key), "run": .text(entry.run), "name": entry.name.map(JSON.text),
      "state": entry.state.map { .text($0.rawValue) }, "ending": entry.ending.map { .text($0.rawValue) },
      "metric": entry.metric.map(JSON.text), "mode": entry.mode.map { .text($0.rawValue) },
      "bestScore": entry.bestScore.map(JSON.number), "populationSize": entry.populationSize.map(JSON.integer),
      "trainedSteps": entry.trainedSteps.map(JSON.integer), "totalSteps": entry.totalSteps.map(JSON.integer),
      "lastActiveAtSeconds": entry.lastActiveAtSeconds.map(JSON.number), "error": entry.error.map(JSON.text),
    ])
  }
}

extension Unicode.Scalar {
  /// Whether it stands for itself in the path of a URL.
  fileprivate var isPlain: Bool {
    isASCII && (properties.isAlphabetic || properties.numericType != nil || "._-".unicodeScalars.contains(self))
  }
}
