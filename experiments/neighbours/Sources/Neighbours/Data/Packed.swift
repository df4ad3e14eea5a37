import Foundation

/// Numbers that are coded as their bytes, not one by one: a checkpoint of a hundred thousand numbers then takes no
/// longer than copying them. The bytes are in the order of the machine.
@propertyWrapper
public struct Packed<Number: BitwiseCopyable & Equatable & Sendable>: Sendable, Equatable, Codable {
  /// The numbers.
  public var wrappedValue: [Number]

  /// Packs numbers.
  public init(wrappedValue: [Number]) { self.wrappedValue = wrappedValue }

  /// Reads numbers from their bytes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let bytes = try container.decode(Data.self)
    let size = MemoryLayout<Number>.stride
    guard bytes.count.isMultiple(of: size) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(bytes.count) bytes are no numbers of \(size) bytes")
    }
    wrappedValue = [Number](unsafeUninitializedCapacity: bytes.count / size) { numbers, count in
      count = bytes.copyBytes(to: UnsafeMutableRawBufferPointer(numbers)) / size
    }
  }

  /// Writes the bytes of the numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.withUnsafeBytes { Data($0) })
  }
}

/// The state of a learner as the file `state.plist` in the folder of a checkpoint: a binary property list, which unlike
/// JSON can hold bytes and infinite numbers.
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
