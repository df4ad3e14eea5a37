import Checkpoints
import Foundation
import PopulationBasedTraining
import Testing

@testable import Simulation

@Suite struct FullDiskTests {
  @Test func `A checkpoint that is not renamed for want of room is published when there is some`() throws {
    let disk = SimulatedDisk()
    var renames = 0
    let calls = DiskCalls(disk) { name, _ in
      if name == "rename" { renames += 1 }
      disk.isFull = name == "rename" && renames == 1
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
}
