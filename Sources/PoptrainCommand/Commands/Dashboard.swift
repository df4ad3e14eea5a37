import ArgumentParser
import Foundation
import PoptrainDashboard
import PoptrainRuns
import PoptrainText
import UnixSignals

struct ServeDashboard: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Show runs in a browser, also while they are being trained.",
    discussion: """
      poptrain dashboard                 every run below the folder runs
      poptrain dashboard runs/digits     one run; or several, or folders of runs
      poptrain dashboard --port 9000     at a port of your choice

      Prints the address to open, and serves it until Ctrl-C. Only this machine can reach it; from another one go \
      through an ssh tunnel, or let it listen at an address of the network with --host: then it is opened with a \
      token, which is in the address that is printed.
      """)

  @Argument(
    help: "Folders of runs, and folders that hold runs up to three folders below; default runs.",
    completion: .directory)
  var directories: [String] = ["runs"]
  @OptionGroup var place: DashboardOptions

  func run() async throws {
    let places = try directories.map { try RunDirectory(place: $0) }
    for (directory, place) in zip(directories, places) where place.isFolder {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: directory, isDirectory: &isFolder), isFolder.boolValue else {
        complain(
          """
          error: there is no folder \(shellPath(directory)): name a run, such as runs/digits, or a folder of runs. \
          `poptrain run experiment.yaml` makes one
          """)
        throw ExitStatus.badData
      }
    }
    for place in places where !place.isFolder { _ = try RecordedRun(place) }
    let dashboard = Dashboard(places, host: place.host, port: place.port)
    let serving = Task {
      try await dashboard.serve { location in
        for line in location.lines { say(line) }
      }
    }
    let trapped = await UnixSignalsSequence(trapping: [.sigint, .sigterm])
    let signals = Task {
      for await _ in trapped { serving.cancel() }
    }
    defer { signals.cancel() }
    do {
      try await serving.value
    } catch let error as DashboardError {
      complain("error: \(error)")
      throw ExitStatus.badData
    }
  }
}

/// Where a dashboard listens.
struct DashboardOptions: ParsableArguments {
  @Option(help: "The port; 0 is any that is free. Default 8123, or the next that is free.")
  var port: Int?
  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  func validate() throws {
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port is from 0 to 65535, not \(port)") }
  }
}
