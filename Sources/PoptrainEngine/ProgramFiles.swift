package import PoptrainExperimentFile
internal import Foundation

/// The files that a trainer's program is made of, as far as its command and its folder tell.
package enum ProgramFiles {
  /// No more files than this are looked at, and none that is larger.
  static let mostFiles = 1000
  static let mostBytes = 64 << 20

  /// Their paths in the folder of the trainer: what the command names there, and with Python all modules of the folder.
  package static func paths(of trainer: Experiment.Trainer, in folder: String) -> [String] {
    var named = trainer.command.flatMap(names(in:)).map { inside($0, folder) }.filter { isFile($0, in: folder) }
    if let module = trainer.command.firstIndex(of: "-m"), trainer.command.indices.contains(module + 1) {
      let path = trainer.command[module + 1].replacing(".", with: "/")
      named += ["\(path).py", "\(path)/__main__.py"].filter { isFile($0, in: folder) }
    }
    let modules = named.contains { $0.hasSuffix(".py") } ? pythonFiles(in: folder) : []
    return Array(Set(named + modules).sorted().prefix(mostFiles))
  }

  /// What a word of the command may name: itself, or what it gives an option.
  private static func names(in word: String) -> [String] {
    [word] + (word.firstIndex(of: "=").map { [String(word[word.index(after: $0)...])] } ?? [])
  }

  private static func inside(_ path: String, _ folder: String) -> String {
    if path.hasPrefix(folder + "/") { return String(path.dropFirst(folder.count + 1)) }
    return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  private static func isFile(_ path: String, in folder: String) -> Bool {
    guard !path.hasPrefix("/"), !path.isEmpty,
      let attributes = try? FileManager.default.attributesOfItem(atPath: realPath("\(folder)/\(path)"))
    else { return false }
    return attributes[.type] as? FileAttributeType == .typeRegular && attributes[.size] as? Int ?? 0 <= mostBytes
  }

  /// The Python files of a folder and of those in it, the nearest first; but for environments, runs and what is hidden.
  private static func pythonFiles(in folder: String) -> [String] {
    var found: [String] = []
    var folders = [""]
    var looked = 0
    while looked < folders.count, looked < mostFiles, found.count < mostFiles {
      let prefix = folders[looked]
      looked += 1
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(prefix)")) ?? []
      if !prefix.isEmpty, names.contains(where: ["pyvenv.cfg", "population.sqlite"].contains) { continue }
      for name in names.sorted() where !name.hasPrefix(".") {
        if name.hasSuffix(".py") {
          if isFile(prefix + name, in: folder) { found.append(prefix + name) }
        } else if isFolder("\(folder)/\(prefix)\(name)"), !["__pycache__", "node_modules"].contains(name) {
          folders.append("\(prefix)\(name)/")
        }
      }
    }
    return Array(found.prefix(mostFiles))
  }

  /// Whether it is a folder, and no link to one.
  private static func isFolder(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeDirectory
  }
}
