internal import Foundation

/// What the files of AWS's tools say of a profile, `default` where none is named.
struct S3Profile: Sendable {
  private var settings: [String: String] = [:]

  /// Reads `~/.aws/config` and `~/.aws/credentials`, or the files that the environment names instead.
  init(environment: [String: String]) throws(S3Failure) {
    let folder = (environment.text("HOME") ?? "") + "/.aws"
    let config = environment.text("AWS_CONFIG_FILE") ?? folder + "/config"
    let credentials = environment.text("AWS_SHARED_CREDENTIALS_FILE") ?? folder + "/credentials"
    let name = environment.text("AWS_PROFILE") ?? "default"
    let found = [
      S3Profile.section(name == "default" ? name : "profile \(name)", of: config),
      S3Profile.section(name, of: credentials),
    ].compactMap(\.self)
    guard !found.isEmpty || environment.text("AWS_PROFILE") == nil else {
      throw .refused("there is no profile `\(name)` in \(config) or \(credentials); check AWS_PROFILE")
    }
    for section in found { settings.merge(section) { $1 } }
  }

  subscript(name: String) -> String? { settings[name] }

  /// A section of a file, by lowercase names; none where there is no such file or section.
  private static func section(_ name: String, of path: String) -> [String: String]? {
    var (settings, isInside): ([String: String]?, Bool) = (nil, false)
    for line in ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(whereSeparator: \.isNewline) {
      if let header = line.wholeMatch(of: /\s*\[\s*(.*?)\s*\].*/) {
        isInside = header.1 == name
        if isInside { settings = settings ?? [:] }
      } else if isInside, let setting = line.wholeMatch(of: /([A-Za-z0-9_]+)\s*=\s*(.*?)\s*/) {
        // Indented lines belong to a setting that has settings of its own.
        settings?[setting.1.lowercased()] = String(setting.2)
      }
    }
    return settings
  }
}
