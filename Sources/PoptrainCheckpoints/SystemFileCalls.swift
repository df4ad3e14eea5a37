internal import CPoptrain

internal import Glibc

/// The calls of the system.
package struct SystemFileCalls: FileCalls {
  /// Makes no state.
  package init() {}

  package func open(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt, mode: UInt32) -> CInt {
    openat(folder, name, flags, mode_t(mode))
  }

  package func close(_ descriptor: CInt) { systemClose(descriptor) }

  package func read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    systemRead(descriptor, buffer.baseAddress, buffer.count)
  }

  package func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    systemWrite(descriptor, bytes.baseAddress, bytes.count)
  }

  package func fsync(_ descriptor: CInt) -> CInt { systemFsync(descriptor) }

  package func beginWriting(_ descriptor: CInt) -> CInt { poptrain_begin_writing(descriptor) }

  package func chmod(_ descriptor: CInt, _ mode: UInt32) -> CInt { fchmod(descriptor, mode_t(mode)) }

  package func chmod(at folder: CInt, _ name: UnsafePointer<CChar>, _ mode: UInt32) -> CInt {
    fchmodat(folder, name, mode_t(mode), 0)
  }

  package func status(_ descriptor: CInt) -> FileStatus? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
  }

  package func status(at folder: CInt, _ name: UnsafePointer<CChar>) -> FileStatus? {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? FileStatus(status) : nil
  }

  package func names(in folder: CInt) -> [RawName]? {
    let descriptor = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard let stream = fdopendir(descriptor) else {
      close(descriptor)
      return nil
    }
    defer { closedir(stream) }
    var names: [RawName] = []
    while true {
      errno = 0
      // Nothing means the end of the folder, or an error.
      guard let entry = readdir(stream) else { return errno == 0 ? names : nil }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
      }
      if strcmp(name, ".") != 0, strcmp(name, "..") != 0 { names.append(name) }
    }
  }

  package func makeFolder(_ path: String) -> CInt { mkdir(path, 0o755) }

  package func unlink(at folder: CInt, _ name: UnsafePointer<CChar>, _ flags: CInt) -> CInt {
    unlinkat(folder, name, flags)
  }

  package func symlink(to target: String, at path: String) -> CInt { systemSymlink(target, path) }

  package func rename(_ from: String, to path: String) -> CInt { systemRename(from, path) }

  package func renameWithoutReplacing(_ from: String, to path: String) -> CInt {
    poptrain_publish_folder(from, path)
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
