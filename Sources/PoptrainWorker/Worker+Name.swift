internal import Glibc

extension Worker {
  /// The name of a worker of this process: host, process id and index, so that those of several machines differ.
  package static func name(_ index: Int) -> String {
    var host = [CChar](repeating: 0, count: 256)
    // The last byte stays zero, also where the name is longer.
    gethostname(&host, host.count - 1)
    let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return "\(name.isEmpty ? "localhost" : name)/\(getpid())/\(index)"
  }
}
