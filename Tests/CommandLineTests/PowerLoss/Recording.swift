import Foundation
import PoptrainJSON
import Testing

/// What a run did to its disk, in order, as `Tests/Support/recorder.c` has seen it.
struct Recording {
  /// One change. Files and folders are numbered in the order of their creation; 0 is the folder that was recorded.
  enum Operation {
    case create(folder: Int, name: String, object: Int, kind: Kind)
    case write(object: Int, offset: Int, bytes: [UInt8])
    case truncate(object: Int, size: Int)
    case sync(object: Int)
    case rename(object: Int, from: Int, name: String, to: Int, newName: String)
    case remove(object: Int, folder: Int, name: String)
    /// The program printed that an interval has ended.
    case announce(Announced)
  }

  enum Kind: Equatable {
    case file, folder
    case link(to: String)
  }

  struct Announced: Hashable {
    let member: Int
    let number: Int

    init(member: Int, number: Int) {
      self.member = member
      self.number = number
    }

    /// Reads a line that the program has printed; none where it is about something else, or was cut off.
    init?(line: some StringProtocol) {
      guard let json = try? JSON.parse(line.utf8), json["event"]?.text == "interval",
        let member = json["member"]?.integer, let number = json["interval"]?.integer
      else { return nil }
      self.init(member: member, number: number)
    }
  }

  /// What was recorded.
  let operations: [Operation]
  /// Holds the folder of the experiment, and in `disk` what the run left.
  let folder: Folder

  /// Runs an experiment into `disk/runs/climb`, at first for half of its 40 steps, and records it.
  init(_ experiment: String, trainer: String = Example.trainer) async throws {
    folder = try Example.folder(experiment, trainer: trainer)
    let disk = folder.url.appendingPathComponent("disk")
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
    let library = try await Recording.library(in: folder)
    let log = folder.url.appendingPathComponent("log")
    for steps in ["20", "40"] {
      let process = Program.process(
        ["run", "experiment.yaml", "--run", "disk/runs/climb", "--steps", steps, "--json"], in: folder)
      process.environment?["LD_PRELOAD"] = library
      process.environment?["RECORDER_ROOT"] = disk.path
      process.environment?["RECORDER_LOG"] = log.path
      let run = try await Program.run(process, in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    var parser = try Parser(log: [UInt8](Data(contentsOf: log)), root: disk)
    operations = try parser.operations()
  }

  /// Builds the recorder into a folder.
  static func library(in folder: Folder) async throws -> String {
    let library = folder.url.path + "/recorder.so"
    let compiler = Program.process(
      [
        "cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library,
        Program.sources.appendingPathComponent("Tests/Support/recorder.c").path, "-ldl",
      ], in: folder)
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let compiled = try await Program.run(compiler, in: folder)
    try #require(compiled.status == 0, "\(compiled.errors)")
    return library
  }
}

/// Reads the log of the recorder.
private struct Parser {
  private let log: [UInt8]
  private var position = 0
  /// The object that has an inode now.
  private var objects: [UInt64: Int] = [:]
  private var count = 1
  private var entries: [Int: [String: Int]] = [:]

  init(log: [UInt8], root: URL) throws {
    self.log = log
    let attributes = try FileManager.default.attributesOfItem(atPath: root.path)
    objects[try #require((attributes[.systemFileNumber] as? NSNumber)?.uint64Value)] = 0
  }

  private mutating func number() -> UInt64 {
    defer { position += 8 }
    return log[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func bytes(_ count: Int) -> [UInt8] {
    defer { position += count }
    return Array(log[position..<position + count])
  }

  private func object(_ inode: UInt64) throws -> Int {
    try #require(objects[inode], "inode \(inode) was never created")
  }

  mutating func operations() throws -> [Recording.Operation] {
    var operations: [Recording.Operation] = []
    while position < log.count {
      let (kind, first, second) = (UInt8(number()), number(), number())
      let (nameLength, length) = (Int(number()), Int(number()))
      let name = String(decoding: bytes(nameLength), as: UTF8.self)
      let data = bytes(length)
      switch kind {
      case UInt8(ascii: "f"), UInt8(ascii: "d"), UInt8(ascii: "l"):
        let folder = try object(first)
        objects[second] = count
        entries[folder, default: [:]][name] = count
        let kind: Recording.Kind =
          switch kind {
          case UInt8(ascii: "f"): .file
          case UInt8(ascii: "d"): .folder
          default: .link(to: String(decoding: data, as: UTF8.self))
          }
        operations.append(.create(folder: folder, name: name, object: count, kind: kind))
        count += 1
      case UInt8(ascii: "w"):
        operations.append(.write(object: try object(first), offset: Int(second), bytes: data))
      case UInt8(ascii: "t"): operations.append(.truncate(object: try object(first), size: Int(second)))
      case UInt8(ascii: "s"): operations.append(.sync(object: try object(first)))
      case UInt8(ascii: "u"):
        let folder = try object(first)
        let removed = entries[folder]?.removeValue(forKey: name)
        let object = try #require(removed)
        operations.append(.remove(object: object, folder: folder, name: name))
      case UInt8(ascii: "r"):
        let names = name.split(separator: "/").map(String.init)
        let (from, to) = (try object(first), try object(second))
        let moved = entries[from]?.removeValue(forKey: names[0])
        let object = try #require(moved)
        entries[to, default: [:]][names[1]] = object
        operations.append(.rename(object: object, from: from, name: names[0], to: to, newName: names[1]))
      case UInt8(ascii: "m"):
        for line in data.split(separator: UInt8(ascii: "\n")) {
          let announced = Recording.Announced(line: String(decoding: line, as: UTF8.self))
          if let announced { operations.append(.announce(announced)) }
        }
      default: Issue.record("the log is broken at \(position)")
      }
    }
    return operations
  }
}
