import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainRuns
import PopulationBasedTraining
import Synchronization

/// A model that gets better, and writes what it does into a folder.
struct Climber: Savable {
  var height: Double

  init(_ interval: TrainingInterval) { height = Double(interval.seed % 100) / 1000 }

  mutating func train(_ interval: TrainingInterval) throws {
    height += interval["rate"] * Double(interval.steps.count)
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] { ["height": height, "depth": -height] }

  mutating func load(from folder: String) throws {
    height = Double(try String(contentsOfFile: folder + "/height", encoding: .utf8)) ?? .nan
  }

  func save(to folder: String) throws {
    try "\(height)".write(toFile: folder + "/height", atomically: false, encoding: .utf8)
  }

  static func rules(members: Int = 6, intervals: Int = 8, metric: String = "height") -> Rules {
    Rules(
      seed: 3, populationSize: members, steps: intervals * 10, interval: 10, metric: metric,
      mode: metric == "height" ? .max : .min,
      space: Space([
        Hyperparameter("rate", .logUniform(1e-4, 0.5)), Hyperparameter("kind", .choice([.text("a"), .text("<b>")])),
        Hyperparameter("flag", .choice([.boolean(true), .boolean(false)])), Hyperparameter("size", .integer(1, 9)),
      ]))
  }

  /// Trains a population into a folder.
  static func train(into folder: String, _ rules: Rules = rules()) async throws {
    _ = try await trainPopulation(rules: rules, in: folder, fresh: Climber.init)
  }
}

/// A folder of a test, removed at its end.
final class Folder: Sendable {
  let path = NSTemporaryDirectory() + "poptrain-dashboard-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  /// The run of this name in it.
  func run(_ name: String = "climb") -> String { "\(path)/\(name)" }

  deinit {
    // What is published is read-only.
    for name in FileManager.default.subpaths(atPath: path) ?? [] {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/" + name)
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Time that passes when a test says so: whoever asks finds that what it knows is old.
final class Ticks: Sendable {
  private let seconds = Mutex(0.0)
  private let (ticks, ticking) = AsyncStream<Void>.makeStream()
  private let (sleepers, sleeping) = AsyncStream<Void>.makeStream()

  /// Lets the next that waits look again, as if so many seconds had passed.
  func tick(seconds: Double = 1) async {
    var sleepers = sleepers.makeAsyncIterator()
    await sleepers.next()
    self.seconds.withLock { $0 += seconds }
    ticking.yield()
  }

  var pace: Pace {
    Pace(
      now: {
        self.seconds.withLock { seconds in
          seconds += Pace.fresh
          return seconds
        }
      },
      sleep: { _ in
        self.sleeping.yield()
        var ticks = self.ticks.makeAsyncIterator()
        guard await ticks.next() != nil else { throw CancellationError() }
      })
  }
}

/// A dashboard that is served until the test is over.
final class Served: Sendable {
  let location: Location
  private let serving: Task<Void, any Error>

  var port: Int { location.port }

  init(
    _ places: [String], host: String = "127.0.0.1", port: Int = 0, own: OwnRun? = nil, pace: Pace = Ticks().pace
  ) async throws {
    let (locations, located) = AsyncThrowingStream<Location, any Error>.makeStream()
    let dashboard = Dashboard(places.map(RunDirectory.init(path:)), host: host, port: port, own: own, pace: pace)
    serving = Task {
      do {
        try await dashboard.serve { located.yield($0) }
      } catch {
        located.finish(throwing: error)
        throw error
      }
      located.finish()
    }
    var iterator = locations.makeAsyncIterator()
    guard let location = try await iterator.next() else { throw CancellationError() }
    self.location = location
  }

  deinit { serving.cancel() }

  /// Ends it, and waits until it has ended.
  func stop() async throws {
    serving.cancel()
    try await serving.value
  }

  /// Asks for an address.
  func get(_ path: String, host: String? = nil, _ headers: String...) async throws -> Answer {
    try await ask("GET", path, host: host, headers)
  }

  func ask(_ method: String, _ path: String, host: String? = nil, _ headers: [String]) async throws -> Answer {
    let lines = ["\(method) /\(path) HTTP/1.1", "Host: \(host ?? "localhost:\(port)")", "Connection: close"] + headers
    return try await say(lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  /// Says something, and hears what the server says until it closes.
  func say(_ text: String) async throws -> Answer {
    let connection = try Connection(port: port)
    connection.send(text)
    return try Answer(await connection.receiveAll())
  }

  /// Listens to the events of a run.
  func listen(_ run: String) throws -> Connection {
    let connection = try Connection(port: port)
    connection.send("GET /runs/\(run)/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return connection
  }
}
