internal import HTTPTypes
internal import PoptrainRuns

/// Why a request is not answered.
struct Refusal: Error {
  let status: HTTPResponse.Status
  let message: String
  /// The methods that an address is for, where that is what is wrong.
  let methods: [HTTPRequest.Method]

  init(_ status: HTTPResponse.Status, _ message: String, methods: [HTTPRequest.Method] = []) {
    self.status = status
    self.message = message
    self.methods = methods
  }

  /// What could not be read of a run.
  init(_ error: RunError) {
    switch error {
    case .notARun: self.init(.notFound, "\(error)")
    case .cannotStop: self.init(.conflict, "\(error)")
    default: self.init(.internalServerError, "\(error)")
    }
  }
}
