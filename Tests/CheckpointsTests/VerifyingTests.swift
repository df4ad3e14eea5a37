import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import Testing

import Glibc

@Suite("Verifying a checkpoint")
struct VerifyingTests {
  enum Damage: String, CaseIterable {
    case truncated, longer, changed, missing, linkToFile, linkToFolder, fifo, folder
    case noManifest, brokenManifest, fifoAsManifest, manifestOfWhatIsOutside, manifestOfWhatIsBehindAnAccent
    case noCheckpoint

    /// What may stay unnoticed where this process has seen the contents itself.
    var isOnlyInContents: Bool { self == .changed }

    func inflict(on path: String) throws {
      let file = path + "/inner/model"
      let moved = path + "-moved"
      for folder in [path, path + "/inner"] { chmod(folder, 0o755) }
      chmod(file, 0o644)
      switch self {
      case .truncated: truncate(file, 3)
      case .longer: try write("weights and more", to: file)
      case .changed: try write("Weights", to: file)
      case .missing: unlink(file)
      case .linkToFile:
        try write("weights", to: moved)
        unlink(file)
        symlink(moved, file)
      case .linkToFolder:
        rename(path + "/inner", moved)
        symlink(moved, path + "/inner")
      case .fifo:
        unlink(file)
        mkfifo(file, 0o644)
      case .folder:
        unlink(file)
        mkdir(file, 0o755)
      case .noManifest: unlink(path + "/.manifest.json")
      case .brokenManifest:
        chmod(path + "/.manifest.json", 0o644)
        truncate(path + "/.manifest.json", 20)
      case .fifoAsManifest:
        unlink(path + "/.manifest.json")
        mkfifo(path + "/.manifest.json", 0o644)
      case .manifestOfWhatIsOutside:
        rename(file, path + "/../outside")
        chmod(path + "/.manifest.json", 0o644)
        let manifest = try read(path + "/.manifest.json")
        try write(manifest.replacing("inner/model", with: "../outside"), to: path + "/.manifest.json")
      case .manifestOfWhatIsBehindAnAccent:
        // In Swift the slash and the accent are one character, so there is no part `..` of this path.
        rename(file, path + "/../\u{301}outside")
        chmod(path + "/.manifest.json", 0o644)
        let manifest = try read(path + "/.manifest.json")
        try write(manifest.replacing("inner/model", with: "../\u{301}outside"), to: path + "/.manifest.json")
      case .noCheckpoint: rename(path, moved)
      }
    }
  }

  @Test("finds every damage", arguments: Damage.allCases)
  func findsDamage(damage: Damage) throws {
    let run = try RunFolder()
    let path = try run.publish("0-1-t", ["first": "1", "inner/model": "weights"])
    try run.afresh().verify("0-1-t")
    try damage.inflict(on: path)
    let error = #expect(throws: CheckpointError.self) { try run.afresh().verify("0-1-t") }
    guard case .damaged("0-1-t", let what)? = error else {
      Issue.record("it is not said to be damaged: \(String(describing: error))")
      return
    }
    let ofManifest: Set<Damage> = [
      .noManifest, .brokenManifest, .fifoAsManifest, .manifestOfWhatIsOutside, .manifestOfWhatIsBehindAnAccent,
    ]
    if damage != .noCheckpoint, !ofManifest.contains(damage) {
      #expect(what.contains("inner/model"))
    }
    if !damage.isOnlyInContents {
      #expect(throws: CheckpointError.self) { try run.checkpoints.verify("0-1-t") }
    }
  }

  @Test("reads contents only where this process has not seen them yet")
  func readsContentsOnce() throws {
    let run = try RunFolder()
    let path = try run.publish("0-1-t", ["inner/model": "weights"])
    let other = try run.afresh()
    try other.verify("0-1-t")
    try Damage.changed.inflict(on: path)
    // Written here, and checked there before: only sizes are compared.
    try run.checkpoints.verify("0-1-t")
    try other.verify("0-1-t")
    #expect(throws: CheckpointError.damaged("0-1-t", "the contents of inner/model have changed")) {
      try run.afresh().verify("0-1-t")
    }
  }

  @Test("refuses a checkpoint of a newer version, and does not call it damaged")
  func refusesANewerVersion() throws {
    let run = try RunFolder()
    let manifest = try run.publish("0-1-t", ["model": "weights"]) + "/.manifest.json"
    chmod(manifest, 0o644)
    try write(read(manifest).replacing("\"version\":1", with: "\"version\":2"), to: manifest)
    #expect(throws: CheckpointError.newerVersion("0-1-t", found: 2, known: 1)) {
      try run.afresh().verify("0-1-t")
    }
  }
}
