import FoundationEssentials

/// What the service says beside a status that is not 200. A proxy on the way may say anything, so every part may be
/// missing.
struct ErrorBody: Decodable {
    /// `message`, or for OAuth's errors `error_description` or `error`.
    private(set) var message: String?
    /// The policy file's own tests that failed.
    private(set) var failedTests: [PolicyTestFailure] = []

    /// - Parameter body: anything; what is not JSON says nothing.
    init(_ body: [UInt8]) {
        self = (try? JSONDecoder().decode(ErrorBody.self, from: Data(body))) ?? ErrorBody()
    }

    private init() {}

    private enum Keys: String, CodingKey {
        case message, data
        case errorDescription = "error_description"
        case error
    }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: Keys.self)
        for key in [Keys.message, .errorDescription, .error] where message == nil {
            message = try? body.decode(String.self, forKey: key)
        }
        for entry in (try? body.decode([Entry].self, forKey: .data)) ?? [] {
            if !entry.errors.isEmpty { failedTests.append(PolicyTestFailure(user: entry.user, errors: entry.errors)) }
        }
    }

    private struct Entry: Decodable {
        var user = ""
        var errors: [String] = []

        private enum Keys: String, CodingKey { case user, errors }

        init(from decoder: any Decoder) throws {
            guard let entry = try? decoder.container(keyedBy: Keys.self) else { return }
            user = (try? entry.decode(String.self, forKey: .user)) ?? ""
            errors = (try? entry.decode([String].self, forKey: .errors)) ?? []
        }
    }
}
