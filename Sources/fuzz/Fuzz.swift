internal import Foundation
internal import PoptrainFuzzing

/// Lets bytes of libFuzzer's invention in through one door: `DOOR=json fuzz [option of libFuzzer]... [folder]...`, see
/// `scripts/fuzz.sh`.
@main struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments) { bytes, count in Fuzz.letIn(UnsafeBufferPointer(start: bytes, count: count)) })
  }

  private static func letIn(_ bytes: UnsafeBufferPointer<UInt8>) -> CInt {
    do { try door.enter(Array(bytes)) } catch { fatalError(error.message) }
    return 0
  }

  private static let door: Door = {
    let name = ProcessInfo.processInfo.environment["DOOR"] ?? ""
    guard let door = Door(rawValue: name) else {
      fatalError("DOOR is “\(name)”; it must be one of \(Door.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return door
  }()
}

/// libFuzzer as a library: it calls a function with bytes until the time is over or the process crashes.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: inout CInt, _ arguments: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ letIn: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
