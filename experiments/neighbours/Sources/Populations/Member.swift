import Neighbours
import Poptrain

/// A member whose checkpoint is one codable value, its state.
protocol Member: Savable {
  associatedtype State: Codable
  var state: State { get set }
}

extension Member {
  mutating func load(from folder: String) throws { state = try StateFile.read(State.self, from: folder) }

  func save(to folder: String) throws { try StateFile.write(state, to: folder) }
}
