/// A request as the simulated service sees it.
struct TailnetRequest: Hashable, Sendable {
    var method: String
    /// What the request line names: the path as it was escaped, and the query.
    var target: String
    var authorization: String?
    var ifMatch: String?
    var accept: String?
    var userAgent: String?
    var body: [UInt8] = []

    init(
        method: String, target: String, authorization: String? = nil, ifMatch: String? = nil, accept: String? = nil,
        userAgent: String? = nil, body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.authorization = authorization
        self.ifMatch = ifMatch
        self.accept = accept
        self.userAgent = userAgent
        self.body = body
    }

    /// The segments of the path, unescaped.
    var path: [String] {
        target.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/")).map {
            URLEncodedForm.decoded($0, plusIsSpace: false)
        }
    }

    var query: URLEncodedForm {
        URLEncodedForm(encoded: target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst())
    }

    /// What the request is about, such as `acl`, `acl/validate` or `oauth/token`: the path without `api/v2` and without
    /// the tailnet.
    var resource: String {
        let path = path.drop { $0 == "api" || $0 == "v2" }
        return (path.first == "tailnet" ? path.dropFirst(2) : path).joined(separator: "/")
    }
}
