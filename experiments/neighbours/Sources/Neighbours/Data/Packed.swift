import Foundation

/// An array that is coded as bytes, in the byte order of the machine. `Codable` would otherwise code it number by
/// number, which takes microseconds for each.
@propertyWrapper
public struct Packed<Number: BitwiseCopyable & Numeric & Sendable>: Sendable, Equatable, Codable {
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
        in: container, debugDescription: "\(bytes.count) bytes do not divide into numbers of \(size) bytes")
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
