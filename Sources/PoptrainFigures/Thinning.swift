/// How much of a large run is drawn. What is drawn is always what was measured, never a sample by chance.
enum Thinning {
  /// Above so many members, curves are bands.
  static let members = 200
  /// About so many points are drawn of all lines together.
  static let points = 60_000

  /// The points of a line with at most four for each column of the drawing: the first, the least, the greatest, the last.
  static func thinned(_ line: [Figure.Point], columns: Int, width: Double) -> [Figure.Point] {
    guard line.count > 4 * columns, width > 0 else { return line }
    var kept: [Figure.Point] = []
    var column: ArraySlice<Figure.Point> = []
    func place(_ point: Figure.Point) -> Int { Int(point.x / width * Double(columns)) }
    func close() {
      let ends = [column.startIndex, column.endIndex - 1]
      let extremes = [
        column.indices.min { column[$0].y < column[$1].y }, column.indices.max { column[$0].y < column[$1].y },
      ].compactMap(\.self)
      kept += Set(ends + extremes).sorted().map { column[$0] }
    }
    for index in line.indices {
      if let first = column.first, place(first) != place(line[index]) {
        close()
        column = line[index...index]
      } else {
        column = column.isEmpty ? line[index...index] : line[column.startIndex...index]
      }
    }
    if !column.isEmpty { close() }
    return kept
  }

  /// The numbers below which given shares of sorted numbers lie, each one of the numbers.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    sorted[Int((share * Double(sorted.count - 1)).rounded())]
  }
}
