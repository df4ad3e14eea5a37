import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What is in a picture or a page, read as XML.
final class Markup: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""

    var classes: Set<Substring> { Set((attributes["class"] ?? "").split(separator: " ")) }
    /// The lines of a path, each with its points.
    var lines: [[[Double]]] {
      (attributes["d"] ?? "").split(separator: "M").map { line in
        line.replacing("Z", with: "").replacing("h0", with: "").split(separator: "L").map { point in
          point.split(separator: " ").compactMap { Double($0) }
        }
      }
    }
  }

  private(set) var elements: [Element] = []
  private var open: [Int] = []
  private(set) var isWellFormed = false

  init(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }
  func paths(_ style: Substring) -> [Element] { all("path").filter { $0.classes.contains(style) } }
  var texts: [String] { all("text").map(\.text) }
  var ids: [String] { elements.compactMap { $0.attributes["id"] } }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }
}
