internal import PoptrainRuns
internal import PoptrainJSON

func enterJSON(_ bytes: [UInt8]) throws(Objection) {
  guard let value = try? JSON.parse(bytes) else { return }
  let written = value.bytes
  try expect(written.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "it is not written as one line: \(value)")
  let again = try? JSON.parse(written)
  try expect(again?.bytes == written, "\(value) is read as \(again?.description ?? "nothing")")
  _ = value.hyperparameters(in: everyDomain)
  _ = value.metrics
}

/// Bytes are cells, apart by a byte of zero, in rows, apart by a byte of one.
func enterCSV(_ bytes: [UInt8]) throws(Objection) {
  for row in bytes.split(separator: 1, omittingEmptySubsequences: false) {
    let cells = row.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    let written = CSV.row(cells.map(JSON.text))
    try expect(read(csv: written) == cells, "\(cells) is written as \(written)")
  }
}

/// The cells of a row, as RFC 4180 says that they are to be read.
private func read(csv row: String) -> [String]? {
  var cells: [String] = []
  var rest = Array(row.unicodeScalars)[...]
  while true {
    var cell = String.UnicodeScalarView()
    if rest.first == "\"" {
      rest.removeFirst()
      while let scalar = rest.popFirst() {
        guard scalar == "\"" else {
          cell.append(scalar)
          continue
        }
        guard rest.first == "\"" else { break }
        cell.append(rest.removeFirst())
      }
    } else {
      while let scalar = rest.first, scalar != "," {
        guard scalar != "\"" && scalar != "\n" && scalar != "\r" else { return nil }
        cell.append(rest.removeFirst())
      }
    }
    cells.append(String(cell))
    guard let comma = rest.popFirst() else { return cells }
    guard comma == "," else { return nil }
  }
}
