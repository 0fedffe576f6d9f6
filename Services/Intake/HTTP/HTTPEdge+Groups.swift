import HTTPTypes
import Hummingbird
import SymMessages

extension HTTPEdge {
    func addGroups(to router: Router<BasicRequestContext>) {
        let groups = router.group("/v1/groups")
        groups.get { request, _ in try await read(request, .groups) }
        groups.get(":name") { request, context in
            let caller = try caller(of: request)
            return try await read(request, .group(try group(context)), by: caller)
        }
        groups.put(":name/members") { request, context in
            let caller = try caller(of: request)
            let group = try group(context)
            try check { $0.mayPutMembers(of: group, caller) }
            return try await change(request, by: caller, upTo: Self.largestConfiguration) {
                headers, bytes throws(Problem) in
                .putMembers(try MembersBody(reading: bytes).list(of: group), key: headers.key)
            }
        }

        let bots = router.group("/v1/bots")
        bots.get { request, _ in try await read(request, .bots) }
        bots.put(":name") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                let body = try BotBody(reading: bytes)
                return .putBot(try body.terms(of: try bot(context)), key: headers.key)
            }
        }
        bots.delete(":name") { request, context in
            try await change(request) { headers, bytes throws(Problem) in
                try Self.checkEmpty(bytes)
                return .removeBot(try bot(context), key: headers.key)
            }
        }
    }

    private func group(_ context: BasicRequestContext) throws(Problem) -> ResourceName {
        guard let name = ResourceName(rawValue: try parameter("name", context)) else {
            throw Problem(
                .unprocessableContent, field: "name",
                "The address must name a sym_group: letters, digits, - and _.")
        }
        return name
    }

    private func bot(_ context: BasicRequestContext) throws(Problem) -> BotName {
        guard let name = BotName(rawValue: try parameter("name", context)) else {
            throw Problem(
                .unprocessableContent, field: "name",
                "The address must name a bot: 1 to 64 of a-z, digits, - and _, beginning with a letter.")
        }
        return name
    }
}
