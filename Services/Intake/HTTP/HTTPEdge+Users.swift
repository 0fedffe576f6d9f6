import HTTPTypes
import Hummingbird
import SymConfiguration
import SymMessages

extension HTTPEdge {
    func addUsers(to router: Router<BasicRequestContext>) {
        router.get("/v1/me") { request, _ in try await read(request, .me) }
        router.get("/v1/services") { request, _ in try await read(request, .services) }

        let users = router.group("/v1/users")
        users.get { request, _ in try await read(request, .users) }
        users.post { request, _ in
            try await change(request) { headers, bytes throws(Problem) in
                .createUser(try NewUserBody(reading: bytes).user(), key: headers.key)
            }
        }
        users.get(":email") { request, context in
            let caller = try caller(of: request)
            return try await read(request, .user(try email(context)), by: caller)
        }
        users.patch(":email") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                let body = try UserChangeBody(reading: bytes)
                return .changeUser(
                    try email(context), name: try body.name?.personName(mayBeEmpty: true),
                    role: try body.role?.role(), key: headers.key)
            }
        }
        users.delete(":email") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .removeUser(try email(context), key: headers.key)
            }
        }
        users.put(":email/identities/:service_type/:external_id") { request, context in
            try await setIdentity(request, context)
        }
        users.delete(":email/identities/:service_type/:external_id") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .removeIdentity(try identityPlace(context), key: headers.key)
            }
        }

        let domains = router.group("/v1/domains")
        domains.get { request, _ in try await read(request, .domains) }
        domains.put(":domain") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .putDomain(try domain(context), key: headers.key)
            }
        }
        domains.delete(":domain") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .removeDomain(name: try domain(context).name, key: headers.key)
            }
        }
    }

    private func setIdentity(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let caller = try caller(of: request)
        let headers = try CallHeaders(request.headers)
        let value = try IdentityBody(reading: try await body(of: request)).value
        let place = try identityPlace(context)
        guard let login = Login(rawValue: value) else {
            throw Problem(
                .unprocessableContent, field: "value",
                "value must be a login as the service knows it, such as ana@github: name@provider, without spaces.")
        }
        let identity = DirectoryRecord.Identity(
            person: place.person, serviceType: place.serviceType, externalID: place.externalID, value: login,
            origin: .person)
        return try await respond(caller, .setIdentity(identity, key: headers.key), headers)
    }

    private func identityPlace(_ context: BasicRequestContext) throws(Problem) -> PeopleCall.IdentityPlace {
        let person = try email(context)
        let serviceType = try parameter("service_type", context)
        guard serviceType == Configuration.TailscaleIntegration.serviceType else {
            throw Problem(
                .unprocessableContent, field: "service_type",
                "People have logins of their own in services of the type "
                    + "\"\(Configuration.TailscaleIntegration.serviceType)\" only.")
        }
        return PeopleCall.IdentityPlace(
            person: person, serviceType: serviceType, externalID: try parameter("external_id", context))
    }

    private func email(_ context: BasicRequestContext) throws(Problem) -> PersonID {
        guard let person = PersonID(rawValue: try parameter("email", context)) else {
            throw Problem(.unprocessableContent, field: "email", "The address must name a person by e-mail.")
        }
        return person
    }

    private func domain(_ context: BasicRequestContext) throws(Problem) -> DirectoryRecord.Domain {
        guard let domain = DirectoryRecord.Domain(parsing: try parameter("domain", context), by: nil) else {
            throw Problem(
                .unprocessableContent, field: "domain",
                "The address must name a domain such as example.com: letters, digits, hyphens and dots.")
        }
        return domain
    }

    // MARK: What such calls share

    /// A call that changes nothing.
    func read(_ request: Request, _ call: PeopleCall, by known: Caller? = nil) async throws -> Response {
        let caller = if let known { known } else { try caller(of: request) }
        for (name, _) in request.uri.queryParameters {
            throw Problem(
                .unprocessableContent, field: String(name.prefix(64)),
                "There is no query parameter \"\(name.prefix(64))\" here: there are none.")
        }
        return try await respond(caller, .people(call), nil)
    }

    /// A call that writes something, answered when that was read back.
    func change(
        _ request: Request, by known: Caller? = nil, upTo limit: Int = largestBody,
        _ call: (CallHeaders, [UInt8]) throws(Problem) -> PeopleCall
    ) async throws -> Response {
        let caller = if let known { known } else { try caller(of: request) }
        let headers = try CallHeaders(request.headers)
        let bytes = try await body(of: request, upTo: limit)
        return try await respond(caller, .people(try call(headers, bytes)), headers)
    }

    /// Of calls that say everything by their address.
    static func checkEmpty(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.isEmpty || bytes == Array("{}".utf8) else {
            throw Problem(.badRequest, "This call takes no body: its address says everything.")
        }
    }
}
