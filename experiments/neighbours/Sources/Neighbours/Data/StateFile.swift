import Foundation

/// The checkpoint of a learner: its state in the file `state.plist`, a binary property list. Unlike JSON, this holds
/// bytes and infinite numbers.
public enum StateFile {
  private static func file(in folder: String) -> URL { URL(fileURLWithPath: folder + "/state.plist") }

  /// Writes a state into a folder.
  public static func write(_ state: some Encodable, to folder: String) throws {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    try encoder.encode(state).write(to: file(in: folder))
  }

  /// Reads a state from a folder.
  public static func read<State: Decodable>(_ type: State.Type, from folder: String) throws -> State {
    try PropertyListDecoder().decode(State.self, from: Data(contentsOf: file(in: folder)))
  }
}
