import SymMessages

extension ConfigurationReader {
    private enum ApproverRole: String, CaseIterable {
        case admin
    }

    private static let notYet = "is not supported yet by this version"

    func rule(_ block: inout AttributeReader, _ strategy: Configuration.Strategy?) -> Configuration.Rule? {
        block.missing("name", "is cited by events; any text that is unique in the flow")
        let name = block.text("name")
        block.refuse("when", "\(Self.notYet); use requesters and targets")
        block.refuse("deny", "\(Self.notYet); whoever no rule matches is refused")
        block.refuse("approve", "\(Self.notYet); every request is decided by people, in stages")
        block.refuse("extend", "\(Self.notYet); ask for a new request instead")
        block.refuse("require_decision_message", Self.notYet)
        let requesters = requesters(&block)
        let targets = targets(&block, strategy)
        let maxDuration = block.duration("max_duration", default: Seconds(86_400), atMost: Self.maximumDuration)
        let grantWithin = block.duration("grant_within", default: Seconds(900), atMost: Seconds(86_400))
        let pendingFor = block.duration("pending_for", default: Seconds(86_400), atMost: Seconds(30 * 86_400))
        let allowSelfApproval = block.flag("allow_self_approval", default: false)
        let stage = stage(of: &block)
        guard let name, let stage else { return nil }
        return Configuration.Rule(
            name: name.value, requesters: requesters, targets: targets,
            outcome: .grant(
                Configuration.Grant(
                    maxDuration: maxDuration, grantWithin: grantWithin,
                    approval: .review(
                        Configuration.Review(
                            pendingFor: pendingFor, allowSelfApproval: allowSelfApproval, stages: [stage])))))
    }

    private func requesters(_ block: inout AttributeReader) -> Configuration.Audience? {
        guard var reader = block.block("requesters") else { return nil }
        reader.refuse("roles", "\(Self.notYet) here; without requesters every member may ask")
        let audience = audience(&reader)
        let isEmpty = reader.names.allSatisfy { ["groups", "users"].contains($0) && reader.isEmptyList($0) }
        if isEmpty {
            block.report("requesters", "names nobody; leave it out to let every member ask")
        }
        reader.finish()
        return audience
    }

    private func targets(
        _ block: inout AttributeReader, _ strategy: Configuration.Strategy?
    ) -> Set<ResourceName> {
        let all = Set(strategy?.targets.map(\.name) ?? [])
        guard let texts = block.texts("targets") else { return all }
        if texts.isEmpty { block.report("targets", "is empty; leave it out for all targets of the strategy") }
        let targets = texts.compactMap { text -> ResourceName? in
            guard let target = resolve(text, .target, in: configuration.targets) else { return nil }
            if let strategy, !all.contains(target.name) {
                log.report(
                    line: text.line, path: text.path,
                    "\"\(target.name)\" is not among the targets of the strategy \"\(strategy.name)\"")
            }
            return target.name
        }
        return Set(targets)
    }

    private func stage(of block: inout AttributeReader) -> Configuration.Stage? {
        guard let readers = block.blocks("stages") else {
            if !block.has("deny"), !block.has("approve") { block.missing("stages", "says who decides") }
            return nil
        }
        guard case .list(let elements)? = block.node("stages")?.content, elements.count == 1 else {
            block.report("stages", "must have exactly one stage; several are not supported yet by this version")
            return nil
        }
        guard var reader = readers.first else { return nil }
        defer { reader.finish() }
        return stage(&reader)
    }

    private func stage(_ block: inout AttributeReader) -> Configuration.Stage? {
        block.missing("name", "is shown with votes and cited by events")
        block.missing("approvers", "says who decides: groups, users, roles")
        let name = block.text("name")
        block.refuse("when", Self.notYet)
        block.refuse("escalate", Self.notYet)
        let required = block.whole("required", default: 1, in: 1...100)
        let channels = channels(&block)
        guard var reader = block.block("approvers") else { return nil }
        let problems = log.problems.count
        var approvers = audience(&reader)
        approvers.roles = roles(&reader)
        reader.finish()
        // Only where all of it was understood can something be said about how many there are.
        let isUnderstood =
            log.problems.count == problems && reader.count(of: "groups") == approvers.groups.count
        if isUnderstood, approvers.roles.isEmpty {
            var named = approvers.users
            for case .members(let members) in approvers.groups.map(\.source) { named.formUnion(members) }
            if named.count < required {
                block.report(
                    "approvers", "can never be met: \(required) must say yes, and \(named.count) people are named")
            }
        }
        guard let name else { return nil }
        return Configuration.Stage(
            name: name.value, approvers: approvers, required: required,
            notify: Configuration.Notification(channels: channels))
    }

    private func channels(_ block: inout AttributeReader) -> [String] {
        guard var notify = block.block("notify") else { return [] }
        notify.flag("direct", mustBe: false, "true is not supported yet by this version")
        notify.refuse("remind_after", Self.notYet)
        let channels = notify.texts("slack") ?? []
        notify.finish()
        return channels.map(\.value)
    }

    private func audience(_ block: inout AttributeReader) -> Configuration.Audience {
        let groups = (block.texts("groups") ?? []).compactMap { resolve($0, .group, in: configuration.groups) }
        return Configuration.Audience(groups: groups, users: block.people("users") ?? [], roles: [])
    }

    private func roles(_ block: inout AttributeReader) -> Set<DirectoryRecord.Person.Role> {
        let known = (block.texts("roles") ?? []).compactMap {
            block.choice(
                $0, among: ApproverRole.allCases,
                others: [
                    "member": "member is not supported yet by this version; name groups or users",
                    "guest": "guests never decide",
                ])
        }
        return known.isEmpty ? [] : [.admin]
    }
}
