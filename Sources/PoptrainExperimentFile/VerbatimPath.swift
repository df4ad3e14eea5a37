package import Foundation

extension URL {
  /// A path as it is written. Foundation takes a `~` at its beginning for a home folder, and crashes where there is no such
  /// user.
  package init(verbatimPath path: String) {
    self.init(fileURLWithPath: path.hasPrefix("~") ? "./" + path : path)
  }
}
