import PoptrainExperimentFile
import Testing

/// Lines of an experiment file, and everything that is found wrong with them.
struct Snapshot: CustomTestStringConvertible, Sendable {
  let yaml: String
  let findings: String

  init(_ yaml: String, _ findings: String) {
    self.yaml = yaml
    self.findings = findings
  }

  var testDescription: String { yaml }
}

/// What is found in a file that starts with these lines and goes on with whatever required key they leave out.
func findings(in yaml: String, programs: Programs? = testPrograms) -> String {
  do {
    _ = try ExperimentFile.parse(text: complete(yaml), path: "digits.yaml", programs: programs)
    return ""
  } catch {
    return error.description.replacing("digits.yaml:", with: "")
  }
}

/// The lines, and after them the required keys that they leave out.
func complete(_ yaml: String) -> String {
  let required = [
    "trainer: {command: [python3, train.py]}",
    "metric: accuracy",
    "mode: max",
    "steps: 100",
    "interval: 10",
    "hyperparameters: {rate: {uniform: [0, 1]}}",
  ]
  let missing = required.filter { line in
    !yaml.split(separator: "\n").contains { $0.contains(line.prefix { $0 != ":" } + ":") }
  }
  return ([yaml] + missing).joined(separator: "\n")
}

/// A machine with a few programs.
let testPrograms = Programs(
  searchPath: "/usr/bin:tools",
  isFile: { ["/usr/bin/python3", "./train.py", "./tools/a", "/usr/bin/notes"].contains($0) },
  isExecutable: { ["/usr/bin/python3", "./tools/a"].contains($0) })
