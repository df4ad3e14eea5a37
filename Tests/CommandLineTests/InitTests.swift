import Foundation
import Testing

/// What `poptrain init` writes.
@Suite struct InitTests {
  /// Each has a script of its own in the sources.
  private static let templates: [String] = {
    let folder = Program.sources.appendingPathComponent("Sources/PoptrainCommand/Templates")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { $0.wholeMatch(of: /train_(\w+)\.py/).map { String($0.1) } }.sorted()
  }()

  @Test(.timeLimit(.minutes(20)), arguments: templates)
  func `A template can be checked and trained`(template: String) async throws {
    let folder = try Folder()
    let framework = ["python", "command"].contains(template) ? "json" : template
    guard let python = try await Python.folder(importing: framework, in: folder.url) else {
      #expect(!Program.isSlow, "no Python has \(framework): make setup-jax setup-torch")
      return
    }
    let script = """
      set -e
      PATH="\(python):$PATH"
      poptrain init --template \(template)
      poptrain check experiment.yaml
      poptrain run experiment.yaml
      """
    let done = try await Program.runShell(script, in: folder)
    #expect(done.status == 0, "\(done.output) \(done.errors)")
    #expect(folder.names == ["experiment.yaml", "runs", "train.py"])
  }

  @Test func `The template that needs nothing is the default, and no file is overwritten`() async throws {
    let folder = try Folder()
    #expect(try await Program.run("init", in: folder).status == 0)
    #expect(folder.names == ["experiment.yaml", "train.py"])
    let script = Program.sources.appendingPathComponent("Sources/PoptrainCommand/Templates/train_python.py")
    #expect(try folder.read("train.py") == String(contentsOf: script, encoding: .utf8))

    let again = try await Program.run("init", "--template", "numpy", in: folder)
    #expect(again.status == 65)
    #expect(again.errors.contains("exists already; nothing was written"))
    #expect(try folder.read("train.py") == String(contentsOf: script, encoding: .utf8))
  }

  @Test func `The program knows every template`() async throws {
    #expect(Self.templates.count > 1)
    let help = try await Program.run("help", "init", in: Folder())
    let values = try #require(help.output.replacing(/\s+/, with: " ").firstMatch(of: /\(values: ([^;]*);/))
    #expect(values.1.split(separator: ", ").map(String.init).sorted() == Self.templates)
  }
}
