import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainSimulation

@Suite struct FullDiskTests {
  @Test func `A checkpoint that is not renamed for want of room is published when there is some`() throws {
    let disk = SimulatedDisk()
    let renames = OneThread(0)
    let calls = DiskCalls(disk) { name, _ in
      if name == "rename" { renames.value += 1 }
      disk.isFull = name == "rename" && renames.value == 1
      return true
    }
    #expect(calls.makeFolder("/run") == 0)
    let folder = try CheckpointFolder(path: "/run/checkpoints", isDurable: true, calls: calls)
    let id = CheckpointID("0-1-t")
    let model = calls.open(at: AT_FDCWD, try folder.begin(id) + "/model", O_WRONLY | O_CREAT, mode: 0o644)
    calls.close(model)

    #expect(throws: CheckpointError.diskFull(path: folder.path(of: id))) { try folder.publish(id) }
    try folder.publish(id)
    try folder.verify(id)
  }

  /// The disk finds only when it is to write that it has no room, and what it could not write is gone.
  @Test func `A large checkpoint that cannot be written is lost, though a flush after it would succeed`() throws {
    let disk = SimulatedDisk()
    let calls = DiskCalls(disk) { name, _ in
      disk.isFull = name == "sync_file_range"
      return true
    }
    #expect(calls.makeFolder("/run") == 0)
    let folder = try CheckpointFolder(path: "/run/checkpoints", isDurable: true, calls: calls)
    let id = CheckpointID("0-1-t")
    let path = try folder.begin(id) + "/model"
    let model = calls.open(at: AT_FDCWD, path, O_WRONLY | O_CREAT, mode: 0o644)
    #expect([UInt8](repeating: 1, count: 1 << 20 + 1).withUnsafeBytes { calls.write(model, $0) } > 1 << 20)
    calls.close(model)

    #expect(throws: CheckpointError.notFlushed(path: path)) { try folder.publish(id) }
  }
}
