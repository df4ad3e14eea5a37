import Foundation

/// The Pythons that a machine may have.
enum Python {
  /// The folder of the one that `make setup` makes, which the tests use.
  static let ofTests = Program.sources.appendingPathComponent(".venv/bin").path

  /// Where they are: the one of the tests, that of `make setup-jax`, and Debian's.
  private static let folders = [
    ofTests,
    Program.sources.appendingPathComponent(".venv-jax/bin").path,
    "/usr/bin",
  ]

  /// The folder of the first that can import a module, which may lie in a folder.
  static func folder(importing module: String, in place: URL) async throws -> String? {
    let empty = try Folder()
    for folder in folders {
      let script = "cd '\(place.path)' && '\(folder)/python3' -B -c 'import \(module)'"
      if try await Program.runShell(script, in: empty).status == 0 { return folder }
    }
    return nil
  }
}
