internal import PoptrainPages

extension Figure {
  /// The figure as a page of its own, with the numbers behind it.
  ///
  /// - Parameters:
  ///   - run: of which run it is.
  ///   - version: of Poptrain.
  package func html(of run: String, version: String) -> String {
    Page(run, title: "\(run): \(title)", lead: title, style: Figure.pageStyle, version: version).html(
      """
      <section>
      \(markup)
      </section>
      \(Page.section("The numbers", nil, table.markup))
      """)
  }

  /// The figure as a part of a page.
  var markup: String { "<figure class=\"drawn\">\n\(drawing.markup)\n</figure>" }
}

extension Figure.Table {
  /// The table as a part of a page.
  var markup: String {
    rows.isEmpty ? "<p>There are none yet.</p>" : Page.table(header, rows, caption: caption)
  }
}
