internal import PoptrainJSON

extension JSON {
  /// An object in the order given, without the fields that have no value.
  static func fields(_ fields: KeyValuePairs<String, JSON?>) -> JSON {
    .object(fields.compactMap { name, value in value.map { Member(name, $0) } })
  }
}
