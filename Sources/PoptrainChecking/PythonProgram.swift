internal import Foundation
internal import PoptrainEngine
internal import PoptrainExperimentFile

/// What a trainer's program in Python says, as far as can be read: its script, and the modules of its folder that are imported.
struct PythonProgram {
  /// The texts of the files; none where it is no program in Python.
  private let texts: [String]

  init(_ trainer: Experiment.Trainer, in folder: String) {
    let paths = ProgramFiles.paths(of: trainer, in: folder).filter { $0.hasSuffix(".py") }
    let named = paths.filter { path in
      trainer.command.contains { $0.hasSuffix(path) || $0.replacing(".", with: "/") + ".py" == path }
    }
    var rest = Set(paths).subtracting(named)
    var (reached, texts) = (named, [String]())
    while let path = reached.popLast() {
      guard let text = try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) else { continue }
      texts.append(text)
      let imported = rest.filter { Self.imports(String($0.dropLast(".py".count)).replacing("/", with: "."), in: text) }
      reached += imported
      rest.subtract(imported)
    }
    self.texts = texts
  }

  /// The framework that it uses without its helper; none where it is another.
  var frameworkWithoutHelper: Framework? {
    let found = Framework.allCases.first { framework in
      // Many take nothing but data from it.
      imports(framework.rawValue) && (framework != .scikitLearn || texts.contains { $0.contains(".partial_fit(") })
    }
    return found.flatMap { framework in texts.contains { $0.contains(framework.helper) } ? nil : framework }
  }

  /// Whether it may have an optimizer of PyTorch.
  var mayUseTorch: Bool { texts.isEmpty || imports("torch") }

  private func imports(_ module: String) -> Bool { texts.contains { Self.imports(module, in: $0) } }

  private static func imports(_ module: String, in text: String) -> Bool {
    text.split(whereSeparator: \.isNewline).contains { line in
      let words = line.split { $0.isWhitespace || $0 == "," }.map(String.init)
      guard ["import", "from"].contains(words.first) else { return false }
      return words.dropFirst().contains { $0 == module || $0.hasPrefix(module + ".") }
    }
  }
}
