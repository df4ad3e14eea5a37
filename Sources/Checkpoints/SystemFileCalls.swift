internal import CPoptrain

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The calls of the system.
public struct SystemFileCalls: FileCalls {
  /// Makes no state.
  public init() {}

  public func open(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt, mode: UInt32) -> CInt {
    openat(folder, name, flags, mode_t(mode))
  }

  public func close(_ descriptor: CInt) { systemClose(descriptor) }

  public func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    systemRead(descriptor, buffer.baseAddress, buffer.count)
  }

  public func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    systemWrite(descriptor, bytes.baseAddress, bytes.count)
  }

  public func fsync(_ descriptor: CInt) -> CInt { systemFsync(descriptor) }

  public func beginWriting(_ descriptor: CInt) -> CInt { poptrain_begin_writing(descriptor) }

  public func chmod(_ descriptor: CInt, _ mode: UInt32) -> CInt { fchmod(descriptor, mode_t(mode)) }

  public func chmod(at folder: CInt, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> CInt {
    fchmodat(folder, name, mode_t(mode), 0)
  }

  public func status(_ descriptor: CInt) -> FileStatus? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
  }

  public func status(at folder: CInt, _ name: UnsafePointer<CChar>) -> FileStatus? {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(status) : nil
  }

  public func names(in folder: CInt) -> [RawName]? {
    // `fdopendir` takes its descriptor over.
    guard let stream = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else { return nil }
    defer { closedir(stream) }
    var names: [RawName] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
      }
      if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { names.append(name) }
    }
    return names
  }

  public func makeFolder(_ path: String) -> CInt { mkdir(path, 0o755) }

  public func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    unlinkat(folder, name, flags)
  }

  public func symlink(to target: String, at path: String) -> CInt { systemSymlink(target, path) }

  public func rename(_ from: String, to path: String) -> CInt { systemRename(from, path) }

  public func renameWithoutReplacing(_ from: String, to path: String) -> CInt {
    poptrain_rename_no_replace(from, path)
  }
}

// Inside the type these names are its own.
private func systemClose(_ descriptor: CInt) { close(descriptor) }
private func systemRead(_ descriptor: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
private func systemFsync(_ descriptor: CInt) -> CInt { fsync(descriptor) }
private func systemSymlink(_ target: String, _ path: String) -> CInt { symlink(target, path) }
private func systemRename(_ from: String, _ path: String) -> CInt { rename(from, path) }

extension FileStatus {
  fileprivate init(_ status: stat) {
    let kind: Kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
    self.init(kind, bytes: Int(status.st_size), names: Int(status.st_nlink))
  }
}
