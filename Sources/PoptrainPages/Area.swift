/// Where the data of a drawing is.
package struct Area: Hashable, Sendable {
  package let left, right, top, bottom: Double

  package init(left: Double, right: Double, top: Double, bottom: Double) {
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
  }

  package func x(_ axis: Axis, _ number: Double) -> Double { left + (right - left) * axis.position(of: number) }
  package func y(_ axis: Axis, _ number: Double) -> Double { bottom - (bottom - top) * axis.position(of: number) }
}

extension Drawing {
  /// The marks of a scale, with a fine line across the area for each.
  package mutating func scale(_ axis: Axis, _ area: Area, isVertical: Bool) {
    for mark in axis.marks {
      if isVertical {
        let y = area.y(axis, mark)
        line(area.left, y, area.right, y, "grid")
        text(area.left - 8, y + 4.5, axis.text(mark), anchor: "end")
      } else {
        let x = area.x(axis, mark)
        line(x, area.top, x, area.bottom, "grid")
        text(x, area.bottom + 22, axis.text(mark), anchor: "middle")
      }
    }
  }
}
