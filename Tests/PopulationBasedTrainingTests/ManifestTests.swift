import Foundation
import Testing

/// The modules know only those above them in `Package.swift`, and import only what they declare.
@Suite struct ManifestTests {
  /// A target that is declared in `Package.swift`.
  struct Module: CustomStringConvertible, Sendable {
    let name: String
    let dependencies: Set<String>
    /// How many modules stand above it.
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

  /// The modules in the order of the manifest, tests left out.
  static let modules: [Module] = {
    let targets = manifest.firstRange(of: "  targets: [\n").map { manifest[$0.upperBound...] } ?? ""
    let declaration = /(module|tests|\.\w*[tT]arget|\.systemLibrary)\(\s*(?:name: )?"(\w+)"/
    let starts = targets.matches(of: declaration)
    var modules: [Module] = []
    for (position, start) in starts.enumerated() where start.1 != "tests" && start.1 != ".testTarget" {
      let end = position + 1 < starts.count ? starts[position + 1].range.lowerBound : targets.endIndex
      let rest = targets[start.range.upperBound..<end]
      let list = start.1 == ".systemLibrary" ? nil : rest.firstMatch(of: /(?:dependencies:|,)\s+\[([^\]]*)\]/)
      let names = (list?.1 ?? "").split(separator: /[\s,]+/).map { name in
        name.hasPrefix("\"") ? name.filter { $0 != "\"" } : libraries[String(name)] ?? String(name)
      }
      modules.append(Module(name: String(start.2), dependencies: Set(names), position: modules.count))
    }
    return modules
  }()

  private static func sources(in folder: String) -> [(file: String, text: String)] {
    let folder = root.appending(path: folder)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return (files ?? []).filter { $0.pathExtension == "swift" }.map { file in
      (file.lastPathComponent, (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }
  }

  /// The modules that the sources of a module import, by file.
  private static func imports(of module: Module) -> [(file: String, module: String)] {
    let statement = /(?:^|\n) {0,2}(?:@\w+(?:\(\w+\))? )*(?:\w+ )?import (?:(?:struct|class|enum|func|protocol) )?(\w+)/
    return sources(in: "Sources/\(module.name)").flatMap { file, text in
      text.matches(of: statement).map { (file, String($0.1)) }
    }
  }

  /// The sources in a folder without comments, by file.
  private static func code(in folder: String) -> [(file: String, text: String)] {
    sources(in: folder).map { file, text in
      let lines = text.split(separator: "\n").filter { !$0.contains(/^ *\/\//) }
      return (file, lines.joined(separator: "\n"))
    }
  }

  /// What comes with the compiler.
  private static let toolchain: Set = [
    "Swift", "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
    "_Concurrency", "Testing",
  ]

  @Test("The manifest is understood: the lowest module, the highest, and what they know")
  func manifestIsUnderstood() {
    #expect(Self.modules.first?.name == "PopulationBasedTraining")
    #expect(Self.modules.first?.dependencies == [])
    #expect(Self.modules.contains { $0.name == "PoptrainJSON" && $0.dependencies == ["PopulationBasedTraining"] })
    #expect(Self.modules.contains { $0.name == "PoptrainSQLite" && $0.dependencies.contains("GRDB") })
    #expect(Self.modules.contains { $0.name == "PoptrainCommand" && $0.dependencies.contains("PoptrainEngine") })
  }

  @Test("A module depends only on modules that stand above it", arguments: modules)
  func dependenciesPointUp(_ module: Module) {
    for dependency in module.dependencies {
      guard !Self.libraries.values.contains(dependency) else { continue }
      let position = Self.modules.first { $0.name == dependency }?.position
      #expect(position != nil, "\(dependency) is no module")
      #expect(position ?? .max < module.position, "\(dependency) stands below")
    }
  }

  @Test("A module has sources, and imports only what it declares and what comes with the compiler", arguments: modules)
  func importsAreDeclared(_ module: Module) throws {
    let folder = Self.root.appending(path: "Sources/\(module.name)").path(percentEncoded: false)
    #expect(try !FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    for (file, imported) in Self.imports(of: module) where !Self.toolchain.contains(imported) {
      #expect(module.dependencies.contains(imported), "\(file) imports \(imported)")
    }
  }

  @Test(
    "A module imports all that it declares", arguments: modules.filter { $0.name != "simulate" && $0.name != "fuzz" })
  func dependenciesAreImported(_ module: Module) {
    let imported = Set(Self.imports(of: module).map(\.module))
    #expect(module.dependencies.subtracting(imported) == [])
  }

  @Test("The algorithm needs no Foundation, and the C library for a few functions only")
  func algorithmIsPure() throws {
    let algorithm = try #require(Self.modules.first)
    for (file, module) in Self.imports(of: algorithm) {
      #expect(module == "Glibc", "\(file) imports \(module)")
      #expect(["Logarithms.swift", "ErrorFunction.swift"].contains(file), "\(file) imports \(module)")
    }
  }

  @Test(
    "Each library is the business of one module",
    arguments: [
      ("PoptrainSQLite", "GRDB"), ("PoptrainTrainers", "Subprocess"), ("PoptrainExperimentFile", "Yams"),
      ("PoptrainCheckpoints", "CPoptrainXXHash"), ("PoptrainCommand", "ArgumentParser"),
      ("PoptrainCommand", "UnixSignals"), ("PoptrainDashboard", "Hummingbird"), ("PoptrainS3", "AsyncHTTPClient"),
      ("PoptrainPostgres", "NIOSSL"),
    ])
  func librariesBelongToOneModule(_ owner: String, _ library: String) {
    for module in Self.modules where module.name != owner {
      #expect(!module.dependencies.contains(library), "\(module) depends on \(library)")
      #expect(!Self.imports(of: module).contains { $0.module == library }, "\(module) imports \(library)")
    }
    #expect(Self.modules.contains { $0.name == owner && $0.dependencies.contains(library) })
  }

  @Test("The compiler checks the concurrency of everything but one type")
  func oneTypeIsUnchecked() {
    let claim = /@unchecked[ ]Sendable|nonisolated[(]unsafe[)]/
    let claims = ["Sources", "Tests"].flatMap(Self.code).flatMap { file, text in
      text.matches(of: claim).map { _ in file }
    }
    #expect(claims == ["OneThread.swift"])
  }

  /// What speaks to people: the command line, the dashboard, and the findings, which both of them show.
  private static let frontEnds: Set = ["PoptrainCommand", "PoptrainDashboard", "PoptrainFindings"]

  @Test(
    "Only what speaks to people names commands and options",
    arguments: modules.filter { !frontEnds.union(["simulate", "fuzz"]).contains($0.name) })
  func librariesNameNoOptions(_ module: Module) {
    let option = /--[a-z][a-z-]+/
    let options = Set(Self.code(in: "Sources/PoptrainCommand").flatMap { $0.text.matches(of: option).map(\.output) })
    #expect(options.isSuperset(of: ["--run", "--to", "--report"]))
    for (file, text) in Self.code(in: "Sources/\(module.name)") {
      #expect(!text.contains(/poptrain [a-z]+/), "\(file) names a command")
      // An argument of a trainer, such as `--save={save}`, is none of the program.
      let named = text.matches(of: /(--[a-z][a-z-]+)(?![a-z=:])/).map(\.1).filter(options.contains)
      #expect(named == [], "\(file) names an option")
    }
  }

  /// The modules that the worker brings together do not know one another.
  @Test(
    "Store, checkpoints, trainers and the experiment file do not know one another",
    arguments: ["PoptrainExperimentFile", "PoptrainStore", "PoptrainCheckpoints", "PoptrainTrainers"])
  func siblingsAreStrangers(_ name: String) throws {
    let module = try #require(Self.modules.first { $0.name == name })
    let modules = module.dependencies.subtracting(Self.libraries.values)
    #expect(
      modules.isSubset(of: [
        "PopulationBasedTraining", "PoptrainJSON", "PoptrainText", "PoptrainS3", "CPoptrain", "CPoptrainXXHash",
      ]))
  }
}
