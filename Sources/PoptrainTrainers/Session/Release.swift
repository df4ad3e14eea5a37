/// What this program and its Python client agree on.
package enum Release {
  /// The version of Poptrain, which is also in `python/poptrain/version.py`.
  package static let version = "0.1.0"

  /// The protocol of `docs/trainer-protocol.md`.
  package static let trainerProtocol = 1

  /// Says that a Python client is of another version than this program; none: it is not, or it is another client.
  static func mismatch(client: String) -> String? {
    let name = "poptrain-python/"
    guard client.hasPrefix(name), client != name + version else { return nil }
    return """
      the trainer's Python client is poptrain \(client.dropFirst(name.count)), this program is poptrain \(version). \
      Install the same version of both: `pip install poptrain==\(version)` in the trainer's environment
      """
  }
}
