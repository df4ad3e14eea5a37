package import PopulationBasedTraining

/// What is in a published checkpoint, by its manifest.
package struct CheckpointContents: Hashable, Sendable {
  /// One of its files.
  package struct File: Hashable, Sendable {
    /// Relative to the checkpoint, with `/`.
    package var path: String
    /// The size.
    package var bytes: Int
    /// XXH3 of 128 bits, in hexadecimal.
    package var hash: String

    /// Describes a file.
    package init(path: String, bytes: Int, hash: String) {
      self.path = path
      self.bytes = bytes
      self.hash = hash
    }
  }

  /// The files by path.
  package var files: [File]

  /// The size of all files together.
  package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

  /// Lists files.
  package init(files: [File]) {
    self.files = files
  }

  /// Reads the manifest of a checkpoint, and checks that its files are those that were published.
  ///
  /// - Parameter path: the folder of the checkpoint.
  package init(verifying checkpoint: CheckpointID, at path: String) throws(CheckpointError) {
    let manifest = try Manifest(of: checkpoint, at: path, calls: SystemFileCalls())
    try manifest.verify(contents: true)
    files = manifest.files
  }
}
