/// An HTML page that needs nothing else: no scripts, no fonts, no network. It is XML too.
package struct Page {
  private let heading: String
  private let title: String
  private let lead: String
  private let style: String
  private let version: String

  /// Prepares a page.
  ///
  /// - Parameters:
  ///   - heading: its first line; `title` is that of its window.
  ///   - lead: what it is about, in a paragraph.
  ///   - style: more rules for its style sheet.
  ///   - version: of Poptrain.
  package init(_ heading: String, title: String, lead: String, style: String = "", version: String) {
    self.heading = heading
    self.title = title
    self.lead = lead
    self.style = style
    self.version = version
  }

  /// The page around its content, which is markup.
  package func html(_ content: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>\(escaped(title))</title>
    <style>
    \(Page.style)\(style.isEmpty ? "" : "\n" + style)
    </style>
    </head>
    <body>
    <main>
    <header>
    <h1>\(escaped(heading))</h1>
    <p class="lead">\(escaped(lead))</p>
    </header>
    \(content)
    </main>
    <footer>Made by Poptrain \(escaped(version)).</footer>
    </body>
    </html>

    """
  }

  /// A part of a page with its title; `content` is markup.
  package static func section(_ title: String, _ introduction: String?, _ content: String) -> String {
    let paragraph = introduction.map { "<p>\(escaped($0))</p>\n" } ?? ""
    return "<section>\n<h2>\(escaped(title))</h2>\n\(paragraph)\(content)\n</section>"
  }

  /// A list of sentences, in which what is to be typed stands between backticks.
  package static func list(_ items: [String]) -> String {
    let sentences = items.map { item in
      item.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .map { $0 % 2 == 0 ? escaped(String($1)) : "<code>\(escaped(String($1)))</code>" }.joined()
    }
    return "<ul>\n\(sentences.map { "<li>\($0)</li>" }.joined(separator: "\n"))\n</ul>"
  }

  /// A table whose first column says what a row is of.
  package static func table(_ header: [String], _ rows: [[String]], caption: String) -> String {
    let head = header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    let body = rows.map { cells in
      let others = cells.dropFirst().map { "<td>\(escaped($0))</td>" }.joined()
      return "<tr><th scope=\"row\">\(escaped(cells[0]))</th>\(others)</tr>"
    }
    return """
      <div class="wide" role="region" aria-label="\(escaped(caption))" tabindex="0">
      <table>
      <caption>\(escaped(caption))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      """
  }
}
