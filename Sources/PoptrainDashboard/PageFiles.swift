internal import CPoptrainPage
internal import Hummingbird
internal import PoptrainRuns

/// The files of the page, which are in the program itself.
package enum PageFiles {
  /// Their bytes by name.
  package static let all: [String: [UInt8]] = {
    var files: [String: [UInt8]] = [:]
    while let file = poptrain_page_file(files.count)?.pointee {
      files[String(cString: file.name)] = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }
    return files
  }()
}
