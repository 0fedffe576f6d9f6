import SymMessages

extension Facts {
    /// The longest reason that is kept, in bytes of UTF-8.
    public static let maximumReason = 2_000

    /// Whether a request may be made, and if so everything about it that is fixed from then on: what is offered, who may
    /// decide, where it is put.
    ///
    /// Approval decides with this; others may call it to answer early. The result depends on nothing but the facts and
    /// the arguments.
    ///
    /// - Parameters:
    ///   - requestID: of the request that the submission makes.
    ///   - now: the moment of the decision; `pending_for` counts from it.
    public func evaluate(
        _ submit: Command.Submit, requestID: RequestID, now: Timestamp
    ) -> Result<Fact.Submitted, Refusal> {
        Result { () throws(Refusal) in
            let (version, configuration) = try configuration()
            let access = submit.access
            let flow = try flow(access.flow, by: submit.submission.channel, in: configuration)
            let beneficiary = try beneficiary(of: submit, flow: flow)
            let target = try target(access.target, in: flow)
            try check(access, against: flow)
            let rule = try rule(for: beneficiary, target: target, in: flow, at: now)
            guard let grant = rule.grant, case .review(let review) = grant.approval, let stage = review.stages.first
            else { throw Refusal(.forbidden, "The rule \"\(rule.name)\" cannot be used yet by this version.") }
            guard access.duration <= grant.maxDuration else {
                throw Refusal(
                    .invalid, field: "duration_seconds",
                    "\(access.duration) is longer than the rule \"\(rule.name)\" allows (\(grant.maxDuration)). "
                        + "Ask for less.")
            }
            guard let integration = flow.strategy?.integration else {
                throw Refusal(
                    .invalid, field: "flow",
                    "The flow \"\(flow.name)\" asks for a decision only, which cannot be done yet by this version.")
            }
            guard let secret = integration.secret else {
                throw Refusal(
                    .conflict,
                    "Nothing can be given in the tailnet \(integration.externalID): its API token is kept where this "
                        + "version cannot read it. An administrator has to keep it in a sym_secrets of type env or file."
                )
            }
            guard let login = directory.login(of: beneficiary.id, in: integration) else {
                throw Refusal(
                    .invalid, field: "for",
                    "\(beneficiary.id) cannot be written as a user of the tailnet \(integration.externalID). An "
                        + "administrator can set the login with `symflow users update-identity`.")
            }
            return Fact.Submitted(
                submission: submit.submission, caller: submit.caller, access: access, configVersion: version,
                offer: Offer(
                    requestID: requestID, round: 1, flow: flow.name, target: target.name, targetLabel: target.label,
                    tailnet: integration.externalID, group: target.group, person: beneficiary.id, login: login,
                    duration: access.duration, reason: access.reason),
                decision: try decision(
                    rule, review, stage, without: Set([beneficiary.id, submit.caller.person].compactMap(\.self)),
                    at: now),
                placement: Placement(
                    integration: integration.name, provisioner: integration.provisioner, tailnet: integration.tailnet,
                    secret: secret, grantWithin: grant.grantWithin),
                pendingUntil: now + review.pendingFor)
        }
    }

    private func flow(
        _ name: ResourceName, by channel: Submission.Channel, in configuration: Configuration
    ) throws(Refusal) -> Configuration.Flow {
        guard let flow = configuration.flows[name] else {
            let hint = NearestName.suggestion(for: name.rawValue, among: configuration.flows.keys.map(\.rawValue))
            throw Refusal(.notFound, field: "flow", "There is no flow \"\(name)\"\(hint).")
        }
        guard flow.allowedSources.contains(channel) else {
            throw Refusal(
                .forbidden, field: "flow",
                "The flow \"\(name)\" takes no requests by \(channel.rawValue) (its allowed_sources are "
                    + "\(Self.list(flow.allowedSources.map(\.rawValue).sorted()))).")
        }
        return flow
    }

    /// The person who is to have the access, and may be asked for by the caller.
    private func beneficiary(
        of submit: Command.Submit, flow: Configuration.Flow
    ) throws(Refusal) -> DirectoryRecord.Person {
        switch submit.caller {
        case .person(let caller):
            guard let person = directory.person(caller) else {
                throw Refusal(
                    .forbidden, "\(caller) is not in the directory. An administrator has to add them.")
            }
            guard submit.access.beneficiary == nil || submit.access.beneficiary == caller else {
                throw Refusal(
                    .forbidden, field: "for",
                    "Asking on behalf of others comes in a later version. For now everybody asks for themselves.")
            }
            return person
        case .bot(let name):
            guard let bot = directory.bot(name) else {
                throw Refusal(
                    .forbidden, "The bot \"\(name)\" is not in the directory. An administrator has to add it.")
            }
            guard bot.flows.contains(flow.name) else {
                throw Refusal(
                    .forbidden, field: "flow",
                    "The bot \"\(name)\" may not ask for the flow \"\(flow.name)\": the bot's entry in the directory does "
                        + "not list it.")
            }
            guard let beneficiary = submit.access.beneficiary else {
                throw Refusal(
                    .invalid, field: "for", "A bot has to name the person who is to have the access.")
            }
            guard bot.people.contains(beneficiary) else {
                throw Refusal(
                    .forbidden, field: "for",
                    "The bot \"\(name)\" may not ask for \(beneficiary): the bot's entry in the directory does not list "
                        + "them.")
            }
            guard let person = directory.person(beneficiary) else {
                throw Refusal(
                    .invalid, field: "for",
                    "\(beneficiary) is not in the directory. An administrator has to add them.")
            }
            return person
        }
    }

    private func target(
        _ name: ResourceName?, in flow: Configuration.Flow
    ) throws(Refusal) -> Configuration.Target {
        let targets = flow.targets
        let names = targets.map(\.name.rawValue)
        guard let name else {
            guard let only = targets.first, targets.count == 1 else {
                throw Refusal(
                    .invalid, field: "target",
                    "The flow \"\(flow.name)\" has several targets. Name one of \(Self.list(names)).")
            }
            return only
        }
        guard let target = targets.first(where: { $0.name == name }) else {
            let hint = NearestName.suggestion(for: name.rawValue, among: names)
            throw Refusal(.invalid, field: "target", "The flow \"\(flow.name)\" has no target \"\(name)\"\(hint).")
        }
        return target
    }

    private func check(_ access: AccessRequest, against flow: Configuration.Flow) throws(Refusal) {
        guard flow.durations.contains(access.duration) else {
            throw Refusal(
                .invalid, field: "duration_seconds",
                "\(access.duration) is not offered. The flow \"\(flow.name)\" offers "
                    + "\(Self.list(flow.durations.map { "\($0) (\($0.count))" })).")
        }
        let reason = access.reason ?? ""
        guard !flow.requiresReason || reason.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Refusal(.invalid, field: "reason", "The flow \"\(flow.name)\" asks for a reason. Say why.")
        }
        guard reason.utf8.count <= Self.maximumReason else {
            throw Refusal(
                .invalid, field: "reason",
                "The reason has \(reason.utf8.count) bytes. At most \(Self.maximumReason) are kept.")
        }
    }

    /// The first rule whose requesters and targets hold.
    private func rule(
        for person: DirectoryRecord.Person, target: Configuration.Target, in flow: Configuration.Flow,
        at now: Timestamp
    ) throws(Refusal) -> Configuration.Rule {
        let rule = flow.rules.first { rule in
            let eligible = rule.requesters.map { named($0, at: now).contains(person.id) } ?? !person.isGuest
            return eligible && rule.targets.contains(target.name)
        }
        guard let rule else {
            throw Refusal(
                .forbidden,
                "No rule of the flow \"\(flow.name)\" lets \(person.id) have \"\(target.name)\".")
        }
        return rule
    }

    /// Resolves who may decide to a list that is fixed from then on.
    private func decision(
        _ rule: Configuration.Rule, _ review: Configuration.Review, _ stage: Configuration.Stage,
        without concerned: Set<PersonID>, at now: Timestamp
    ) throws(Refusal) -> Decision {
        var approvers = named(stage.approvers, at: now)
        if stage.approvers.roles.contains(.admin) { approvers.formUnion(directory.admins) }
        approvers = approvers.filter { person in directory.person(person).map { !$0.isGuest } ?? false }
        if !review.allowSelfApproval { approvers.subtract(concerned) }
        guard !approvers.isEmpty else {
            throw Refusal(
                .forbidden,
                "Nobody may approve this request: the stage \"\(stage.name)\" of the rule \"\(rule.name)\" names nobody in "
                    + "the directory who may decide on it.")
        }
        guard approvers.count >= stage.required else {
            throw Refusal(
                .forbidden,
                "This request can never be approved: the stage \"\(stage.name)\" of the rule \"\(rule.name)\" asks for "
                    + "\(stage.required) approvers, and only \(approvers.count) may decide on it.")
        }
        return Decision(
            rule: rule.name, stage: stage.name, approvers: approvers.sorted(), required: stage.required,
            allowSelfApproval: review.allowSelfApproval, channels: stage.notify.channels)
    }

    /// Everybody named by groups and users.
    private func named(_ audience: Configuration.Audience, at now: Timestamp) -> Set<PersonID> {
        var people = audience.users
        for case .known(let members) in audience.groups.map({ directory.members(of: $0, at: now) }) {
            people.formUnion(members)
        }
        return people
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "empty" : names.prefix(20).joined(separator: ", ")
    }
}
