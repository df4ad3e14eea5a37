import Foundation
import Testing

/// The rooms of the house know only those above them in `Package.swift`, and import only what they declare.
@Suite struct ManifestTests {
  /// A target that is declared in `Package.swift`.
  struct Room: CustomStringConvertible, Sendable {
    let name: String
    let dependencies: Set<String>
    /// How many rooms stand above it.
    let position: Int

    var description: String { name }
  }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The library of each constant of the manifest, such as `GRDB` for `grdb`.
  private static let libraries: [String: String] = {
    let declaration = /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/
    return Dictionary(uniqueKeysWithValues: manifest.matches(of: declaration).map { (String($0.1), String($0.2)) })
  }()

  private static let manifest =
    (try? String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)) ?? ""

  /// The rooms in the order of the manifest, tests left out.
  static let rooms: [Room] = {
    let targets = manifest.firstRange(of: "  targets: [\n").map { manifest[$0.upperBound...] } ?? ""
    let declaration = /(room|tests|\.\w*[tT]arget|\.systemLibrary)\(\s*(?:name: )?"(\w+)"/
    let starts = targets.matches(of: declaration)
    var rooms: [Room] = []
    for (position, start) in starts.enumerated() where start.1 != "tests" && start.1 != ".testTarget" {
      let end = position + 1 < starts.count ? starts[position + 1].range.lowerBound : targets.endIndex
      let rest = targets[start.range.upperBound..<end]
      let list = start.1 == ".systemLibrary" ? nil : rest.firstMatch(of: /(?:dependencies:|,)\s+\[([^\]]*)\]/)
      let names = (list?.1 ?? "").split(separator: /[\s,]+/).map { name in
        name.hasPrefix("\"") ? name.filter { $0 != "\"" } : libraries[String(name)] ?? String(name)
      }
      rooms.append(Room(name: String(start.2), dependencies: Set(names), position: rooms.count))
    }
    return rooms
  }()

  /// The modules that the sources of a room import, by file.
  private static func imports(of room: Room) -> [(file: String, module: String)] {
    let folder = root.appending(path: "Sources/\(room.name)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    let statement = /(?:^|\n) {0,2}(?:@\w+(?:\(\w+\))? )*(?:\w+ )?import (?:(?:struct|class|enum|func|protocol) )?(\w+)/
    return (files ?? []).filter { $0.pathExtension == "swift" }.flatMap { file in
      let source = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      return source.matches(of: statement).map { (file.lastPathComponent, String($0.1)) }
    }
  }

  /// What comes with the compiler.
  private static let toolchain: Set = [
    "Swift", "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Musl", "Dispatch", "Synchronization",
    "_Concurrency",
  ]

  @Test("The manifest is understood: the lowest room, the highest, and what they know")
  func manifestIsUnderstood() {
    #expect(Self.rooms.first?.name == "PopulationBasedTraining")
    #expect(Self.rooms.first?.dependencies == [])
    #expect(Self.rooms.contains { $0.name == "JSON" && $0.dependencies == ["PopulationBasedTraining"] })
    #expect(Self.rooms.contains { $0.name == "Store" && $0.dependencies.contains("GRDB") })
    #expect(Self.rooms.contains { $0.name == "poptrain" && $0.dependencies.contains("Engine") })
  }

  @Test("A room depends only on rooms that stand above it", arguments: rooms)
  func dependenciesPointUp(_ room: Room) {
    for dependency in room.dependencies {
      guard !Self.libraries.values.contains(dependency) else { continue }
      let position = Self.rooms.first { $0.name == dependency }?.position
      #expect(position != nil, "\(dependency) is no room")
      #expect(position ?? .max < room.position, "\(dependency) stands below")
    }
  }

  @Test("A room has sources, and imports only what it declares and what comes with the compiler", arguments: rooms)
  func importsAreDeclared(_ room: Room) throws {
    let folder = Self.root.appending(path: "Sources/\(room.name)").path(percentEncoded: false)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    for (file, module) in Self.imports(of: room) where !Self.toolchain.contains(module) {
      #expect(room.dependencies.contains(module), "\(file) imports \(module)")
    }
  }

  @Test("The algorithm needs no Foundation, and the C library for a few functions only")
  func algorithmIsPure() throws {
    let algorithm = try #require(Self.rooms.first)
    for (file, module) in Self.imports(of: algorithm) {
      #expect(["Glibc", "Darwin", "Musl"].contains(module), "\(file) imports \(module)")
      #expect(["Logarithms.swift", "ErrorFunction.swift"].contains(file), "\(file) imports \(module)")
    }
  }

  @Test(
    "Each library is the business of one room",
    arguments: [
      ("Store", "GRDB"), ("Trainers", "Subprocess"), ("ExperimentFile", "Yams"), ("Checkpoints", "CXXHash"),
      ("poptrain", "ArgumentParser"), ("poptrain", "UnixSignals"),
    ])
  func librariesBelongToOneRoom(_ owner: String, _ library: String) {
    for room in Self.rooms where room.name != owner {
      #expect(!room.dependencies.contains(library), "\(room) depends on \(library)")
      #expect(!Self.imports(of: room).contains { $0.module == library }, "\(room) imports \(library)")
    }
    #expect(Self.rooms.contains { $0.name == owner && $0.dependencies.contains(library) })
  }

  /// The rooms that the worker brings together do not know one another.
  @Test(
    "Store, checkpoints, trainers and the experiment file do not know one another",
    arguments: ["ExperimentFile", "Store", "Checkpoints", "Trainers"])
  func siblingsAreStrangers(_ name: String) throws {
    let room = try #require(Self.rooms.first { $0.name == name })
    let rooms = room.dependencies.subtracting(Self.libraries.values)
    #expect(rooms.isSubset(of: ["PopulationBasedTraining", "JSON", "CPoptrain", "CXXHash"]))
  }
}
