internal import Glibc

/// The hash of what a file holds, as manifests have it, in hexadecimal.
package func contentHash(ofFileAt path: String) throws(CheckpointError) -> String {
  let calls = SystemFileCalls()
  let descriptor = calls.open(at: AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, mode: 0)
  guard descriptor >= 0 else { throw .last("open", path) }
  defer { calls.close(descriptor) }
  return try calls.contentHash(descriptor, path)
}
