import SymMessages

/// What `symflow end --all` says. Never claims more than the log: "ended" is what the policy file, read back, showed.
struct MassEndStory {
    /// How the ending went.
    struct Course {
        var seconds: Int64
        /// Why the server could not be asked in the end.
        var trouble: Failure?
    }

    /// As many names stand in one line.
    private static let names = 12

    let filter: RequestFilter
    let isAdministrator: Bool
    /// How many matching requests wait for a decision.
    let pending: Int

    // MARK: Before

    /// What would be ended: how many, of whom, where.
    func preview(_ mass: MassEnd) -> String {
        let targets = Dictionary(grouping: mass.items) { $0.target.map { "\($0)" } ?? "-" }.sorted { $0.key < $1.key }
        let people = Set(mass.items.map(\.person)).count
        var lines = [
            "\(counted(mass.items.count, "request")) to end: \(counted(people, "person", "people")), "
                + counted(targets.count, "target")
        ]
        let width = targets.map(\.key.count).max() ?? 0
        for (target, items) in targets {
            let names = Set(items.map { $0.person.map { "\($0)" } ?? "-" }).sorted()
            let rest = names.count > Self.names ? " and \(names.count - Self.names) more" : ""
            lines.append(
                "  \(target.padding(to: width))  \(items.count)  "
                    + names.prefix(Self.names).joined(separator: ", ").onTerminal + rest)
        }
        let ending = mass.items.count { if case .ending = $0.standing { true } else { false } }
        if ending > 0 {
            lines.append("\(ending) of \(ending == mass.items.count ? "these" : "them") is being ended already.")
        }
        return (lines + notes).joined(separator: "\n")
    }

    /// Nothing matches.
    var nothing: String {
        (["Nothing to end: no request gives access\(filter.words), or is about to."] + notes).joined(separator: "\n")
    }

    private var notes: [String] {
        var lines: [String] = []
        if pending > 0 {
            lines.append(
                (pending == 1
                    ? "1 request still waits for a decision: it gives no access, and stays as it is."
                    : "\(pending) requests still wait for a decision: they give no access, and stay as they are.")
                    + " See `symflow requests --state pending`.")
        }
        if !isAdministrator {
            lines.append("You are no administrator: this is about the requests that you may see, not about all.")
        }
        return lines
    }

    func question(_ mass: MassEnd) -> String { "End \(counted(mass.items.count, "request"))?" }

    func because(_ mass: MassEnd) -> String { "this would end \(counted(mass.items.count, "request"))" }

    // MARK: After

    /// One line: what became of it.
    func words(_ item: MassEnd.Item) -> String {
        let whose = "\(item.person.map { "\($0)" } ?? "-") in \(item.target.map { "\($0)" } ?? "-")".onTerminal
        switch item.standing {
        case .over(let request): return "\(item.id)  \(Self.end(of: request))"
        case .refused(let failure): return "\(item.id)  NOT ended, \(whose): \(failure.message)"
        case .ending: return "\(item.id)  being ended, not confirmed yet: \(whose)"
        case .told: return "\(item.id)  Kafka has the command, not decided yet: \(whose)"
        case .untold(let failure?) where failure.kind != .unreachable:
            return "\(item.id)  not known whether Kafka has the command: \(whose)"
        case .untold: return "\(item.id)  NOT ended, the command was not sent: \(whose)"
        }
    }

    private static func end(of request: RequestDocument) -> String {
        guard let grant = request.offer?.grant, request.state == .ended else {
            return RequestStory(request: request).headline.dropFirst(request.id.count + 2).description
        }
        let (login, group) = ("\(grant.login)".onTerminal, "\(grant.group)")
        switch membership(of: request) {
        case .removed?: return "ended: \(login) was removed from \(group)"
        case .leased?: return "ended: \(login) stays in \(group), for another live request"
        case .standing?: return "ended: \(login) stays in \(group), where it stood before Sym"
        case .neverAdded?: return "ended: \(login) was never put into \(group)"
        case nil: return "ended: what became of \(login) in \(group) is not told"
        }
    }

    private static func membership(of request: RequestDocument) -> MembershipAfterEnd? {
        request.history?.compactMap(\.membership).last
    }

    /// All of them are over.
    func success(_ mass: MassEnd) -> String {
        let sentence =
            "\(counted(mass.items.count, "request")) ended; the policy file, read back, says so. Open TCP connections may live "
            + "on, Tailscale SSH sessions are cut."
        let left = Self.remaining(mass).map { "  \($0.login) in \($0.group) of \($0.tailnet)".onTerminal }
        if left.isEmpty { return sentence }
        return ([sentence, "Still in a group, for what is said above:"] + left).joined(separator: "\n")
    }

    private struct Place: Hashable {
        var login: String
        var group: String
        var tailnet: String

        init(_ grant: Offer.Grant) {
            (login, group, tailnet) = ("\(grant.login)", "\(grant.group)", grant.tailnet)
        }
    }

    /// Logins that stay where they are although the requests are over. One that stayed for another of these requests, and
    /// was removed with that, is not among them.
    private static func remaining(_ mass: MassEnd) -> [Place] {
        var stayed: Set<Place> = []
        var removed: Set<Place> = []
        for item in mass.items {
            guard case .over(let request) = item.standing, let grant = request.offer?.grant else { continue }
            switch membership(of: request) {
            case .leased?, .standing?: stayed.insert(Place(grant))
            case .removed?: removed.insert(Place(grant))
            case .neverAdded?, nil: continue
            }
        }
        return stayed.subtracting(removed).sorted {
            ($0.tailnet, $0.group, $0.login) < ($1.tailnet, $1.group, $1.login)
        }
    }

    /// Not all of them are over.
    func complaint(_ mass: MassEnd, _ course: Course) -> String {
        let refused = mass.items.count { if case .refused = $0.standing { true } else { false } }
        let open = mass.items.count { !$0.standing.isSettled }
        var sentences: [String] = []
        if refused > 0 { sentences.append("\(refused) of \(counted(mass.items.count, "request")) refused: not ended.") }
        if open > 0 {
            sentences.append(
                "\(open) of \(counted(mass.items.count, "request")) not known to be ended after \(course.seconds) s. What Kafka "
                    + "has is carried out, and tried until it is done. Run the same command again to see: nothing is done "
                    + "twice.")
        }
        if let trouble = course.trouble ?? mass.items.lazy.compactMap(\.standing.trouble).first {
            sentences.append(trouble.message)
        }
        return sentences.joined(separator: " ")
    }

    private func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
        "\(count) \(count == 1 ? one : many ?? one + "s")"
    }
}

extension MassEnd.Item.Standing {
    /// Why Sym could not be told.
    fileprivate var trouble: Failure? { if case .untold(let failure) = self { failure } else { nil } }
}

// MARK: - For programs

extension MassEndStory {
    private struct Document: Encodable {
        var pending: Int
        var requests: [Line]

        struct Line: Encodable {
            var id: RequestID
            var person: PersonID?
            var target: ResourceName?
            var became: Became
            var membership: MembershipAfterEnd?
            var reason: String?

            enum CodingKeys: String, CodingKey {
                case id, target, became, membership, reason
                case person = "for"
            }
        }

        enum Became: String, Encodable {
            case ended, failed, ending, told, unknown, untold, refused
        }
    }

    func json(_ mass: MassEnd) throws -> String {
        let lines = mass.items.map { item in
            var line = Document.Line(id: item.id, person: item.person, target: item.target, became: .untold)
            switch item.standing {
            case .over(let request):
                line.became = request.state == .ended ? .ended : .failed
                line.membership = Self.membership(of: request)
                line.reason = request.refusal?.reason
            case .refused(let failure): (line.became, line.reason) = (.refused, failure.message)
            case .ending: line.became = .ending
            case .told: line.became = .told
            case .untold(let failure):
                if let failure, failure.kind != .unreachable { line.became = .unknown }
                line.reason = failure?.message
            }
            return line
        }
        return String(
            decoding: try WireFormat.encode(Document(pending: pending, requests: lines)), as: UTF8.self)
    }
}
