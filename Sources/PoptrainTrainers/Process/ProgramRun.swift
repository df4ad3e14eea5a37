internal import Subprocess
internal import SystemPackage

/// Why a program did not do what it was run for.
package struct ProgramFailure: Error, CustomStringConvertible {
  /// What it printed on its standard output.
  package let output: String
  /// What happened.
  package let description: String
}

/// Runs another program than a trainer to its end. Its complaints go to standard error.
///
/// - Parameters:
///   - command: the program, a path or a name to search for, and its arguments.
///   - input: what it reads.
/// - Returns: what it prints, up to a mebibyte.
package func runProgram(_ command: [String], input: String) async throws(ProgramFailure) -> String {
  let output: String
  let status: TerminationStatus
  do {
    let record = try await Subprocess.run(
      .name(command[0]), arguments: Arguments(Array(command.dropFirst())), input: .string(input),
      output: .string(limit: 1 << 20), error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
    (output, status) = (record.standardOutput, record.terminationStatus)
  } catch {
    throw ProgramFailure(output: "", description: "\(command[0]) could not be run: \(error)")
  }
  switch status {
  case .exited(0): return output
  case .exited(let code):
    throw ProgramFailure(output: output, description: "\(command[0]) ended with exit status \(code)")
  case .signaled(let signal):
    throw ProgramFailure(output: output, description: "\(command[0]) was ended by signal \(signal)")
  }
}
