/// The calls on files and folders that checkpoints are made with.
///
/// Each behaves as the system call of the same name, `errno` and all, so that a simulated disk can stand in for a real
/// one. Names and paths end with zero and are any other bytes.
package protocol FileCalls: Sendable {
  /// Opens what has this name in an open folder, or at this path where the folder is `AT_FDCWD`.
  func open(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt, mode: UInt32) -> CInt
  func close(_ descriptor: CInt)
  func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int
  func fsync(_ descriptor: CInt) -> CInt
  /// `sync_file_range`: begins what `fsync` has to finish, and does not wait until that is done.
  func beginWriting(_ descriptor: CInt) -> CInt
  func chmod(_ descriptor: CInt, _ mode: UInt32) -> CInt
  func chmod(at folder: CInt, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> CInt
  /// What an open descriptor is; none where the call fails.
  func status(_ descriptor: CInt) -> FileStatus?
  /// What has this name, not what it links to; none where the call fails.
  func status(at folder: CInt, _ name: UnsafePointer<CChar>) -> FileStatus?
  /// The names in an open folder, without `.` and `..`, in no order; none where the call fails.
  func names(in folder: CInt) -> [RawName]?
  func makeFolder(_ path: String) -> CInt
  func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt
  func symlink(to target: String, at path: String) -> CInt
  func rename(_ from: String, to path: String) -> CInt
  /// Fails where there is something already.
  func renameWithoutReplacing(_ from: String, to path: String) -> CInt
}

/// What stands in the file system under a name.
package struct FileStatus: Sendable {
  /// The kinds that make a difference.
  package enum Kind: Sendable { case file, folder, other }

  /// What it is.
  package var kind: Kind
  /// The size of a file.
  package var bytes: Int
  /// How many names it has.
  package var names: Int

  /// Describes it.
  package init(_ kind: Kind, bytes: Int, names: Int = 1) {
    self.kind = kind
    self.bytes = bytes
    self.names = names
  }
}

/// A name in a folder as the file system has it: any bytes, ending with zero.
package typealias RawName = [CChar]
