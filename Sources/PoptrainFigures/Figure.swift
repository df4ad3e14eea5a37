package import PoptrainPages

/// A figure of a run, as data: the same for every format in which it is written.
package struct Figure: Sendable {
  /// What it is called on the command line.
  package let name: String
  package let title: String
  /// What is shown, and what of it is left out; none: nothing to say.
  package let note: String?
  package let content: Content
  /// What lines and colours mean.
  package let legend: [Key]
  /// What the colours of scores mean; none: there are none.
  package let colours: ColourScale?
  /// The numbers behind it, for those who do not see it.
  package let table: Table

  package enum Content: Sendable {
    /// Areas with axes, side by side.
    case panels([Panel], columns: Int, height: Double)
    /// A vertical axis for each number of a line.
    case parallel(Parallel)
  }

  /// An area with two axes.
  package struct Panel: Sendable {
    package var title = ""
    package let x: Axis
    package let xLabel: String
    package let y: Axis
    package let yLabel: String
    package let series: [Series]
  }

  /// Lines, areas or points with one name and one look.
  package struct Series: Sendable {
    package enum Shape: Sendable {
      case lines, areas, points
      /// From each point straight to the place of the next, and only there up or down.
      case steps
    }

    package let name: String
    package let shape: Shape
    package let pen: Pen
    /// The lines of it, or the outlines of the areas.
    package let lines: [[Point]]
  }

  package struct Point: Hashable, Sendable {
    package let x: Double
    package let y: Double
    /// What there is to say of it.
    package let tip: String?

    package init(_ x: Double, _ y: Double, tip: String? = nil) {
      (self.x, self.y, self.tip) = (x, y, tip)
    }
  }

  /// Parallel coordinates.
  package struct Parallel: Sendable {
    package let axes: [(label: String, axis: Axis)]
    /// A number for each axis; the lines that are to be seen best come last.
    package let lines: [(values: [Double], pen: Pen, score: Double)]
  }

  package struct Key: Hashable, Sendable {
    package let label: String
    package let shape: Series.Shape
    package let pen: Pen
  }

  /// Numbers in rows.
  package struct Table: Hashable, Sendable {
    package let caption: String
    package let header: [String]
    package let rows: [[String]]

    /// More would make a page slow; `poptrain export` has all.
    private static let mostRows = 500

    package init(_ caption: String, _ header: [String], _ rows: [[String]]) {
      self.caption = caption + (rows.count > Table.mostRows ? ", the first \(Table.mostRows) of \(rows.count)" : "")
      self.header = header
      self.rows = Array(rows.prefix(Table.mostRows))
    }
  }
}

/// How numbers become colours, from the worst to the best or from the first to the last.
package struct ColourScale: Sendable {
  package let label: String
  package let axis: Axis
  /// Whether the strongest colour stands for the least number.
  package let isReversed: Bool
  /// Whether there are numbers beyond the pale end, which have its colour.
  package var isCut = false

  /// How its pale and its strong end are written.
  package var ends: (pale: String, strong: String) {
    let (pale, strong) = isReversed ? (axis.high, axis.low) : (axis.low, axis.high)
    return ((isCut ? isReversed ? "≥ " : "≤ " : "") + Course.short(pale), Course.short(strong))
  }

  /// The colour of a number.
  package func colour(of number: Double) -> Colour {
    let position = min(max(axis.position(of: number), 0), 1)
    return .step(min(Int((isReversed ? 1 - position : position) * Double(Colour.steps)), Colour.steps - 1))
  }
}
