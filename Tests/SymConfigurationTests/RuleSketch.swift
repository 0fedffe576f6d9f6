import SymMessages

@testable import SymConfiguration

/// Configurations that are written in code: for rules that need no file.
enum RuleSketch {
    /// Whether `Condition` evaluates; what rests on it is skipped otherwise.
    static let conditionsWork = true

    /// Members that are listed: `sre` (ana, ben), `staff` (ana, ben, cy, dee), `visitors` (gus). Kept in the directory:
    /// `oncall` and `contractors`.
    static let groups: [String: Configuration.PersonGroup] = {
        var groups: [String: Configuration.PersonGroup] = [:]
        for (name, members) in [
            ("sre", ["ana", "ben"]), ("staff", ["ana", "ben", "cy", "dee"]), ("visitors", ["gus"]),
        ] {
            groups[name] = .init(
                name: Fixtures.name(name), source: .members(Set(members.map { Fixtures.person($0) })))
        }
        for name in ["oncall", "contractors"] {
            groups[name] = .init(name: Fixtures.name(name), source: .directory)
        }
        return groups
    }()

    static let now = Timestamp(milliseconds: 1_772_445_600_000)

    /// ana, ben, dee: members; cy: admin; gus: guest; the bot `pager` may ask for `ssh` for ana. `oncall` is ben until an
    /// hour from now; nobody has put `contractors`.
    static let directory: Directory = {
        var directory = Fixtures.directory
        directory.apply(.person(.init(id: Fixtures.person("dee"), role: .member, origin: .file)))
        directory.apply(put("oncall", ["ben"], until: now + Seconds(3_600)))
        return directory
    }()

    static func put(_ group: String, _ members: [String], until end: Timestamp? = nil) -> DirectoryRecord {
        .group(
            .init(
                name: Fixtures.name(group), members: Set(members.map { Fixtures.person($0) }), validUntil: end,
                by: .bot(Fixtures.bot("pager")), at: Timestamp(milliseconds: 0)))
    }

    static func audience(
        groups names: [String] = [], users: [String] = [], roles: Set<DirectoryRecord.Person.Role> = []
    ) -> Configuration.Audience {
        Configuration.Audience(
            groups: names.compactMap { groups[$0] }, users: Set(users.map { Fixtures.person($0) }), roles: roles)
    }

    static func condition(_ text: String) throws -> Condition {
        try Condition(
            parsing: text,
            in: ConditionScope(groups: Set(groups.keys), fields: ["ticket": .text(allowed: [])], vars: []))
    }

    static func stage(
        _ name: String, _ approvers: Configuration.Audience, required: Int = 1, when condition: Condition? = nil,
        escalate: [Configuration.Audience] = []
    ) -> Configuration.Stage {
        Configuration.Stage(
            name: name, condition: condition, approvers: approvers, required: required,
            escalations: escalate.enumerated().map { .init(after: Seconds(60 * Int64($0 + 1)), added: $1) })
    }

    static func deny(
        _ name: String, _ requesters: Configuration.Audience? = nil, targets: [String] = ["prod", "test"],
        when condition: Condition? = nil
    ) -> Configuration.Rule {
        Configuration.Rule(
            name: name, requesters: requesters, targets: Set(targets.map { Fixtures.name($0) }), condition: condition,
            outcome: .deny(message: "\(name) says no."))
    }

    static func automatic(
        _ name: String, _ requesters: Configuration.Audience? = nil, targets: [String] = ["prod", "test"],
        when condition: Condition? = nil, max: Seconds = Seconds(86_400)
    ) -> Configuration.Rule {
        Configuration.Rule(
            name: name, requesters: requesters, targets: Set(targets.map { Fixtures.name($0) }), condition: condition,
            outcome: .grant(.init(maxDuration: max, approval: .automatic)))
    }

    static func review(
        _ name: String, _ requesters: Configuration.Audience? = nil, targets: [String] = ["prod", "test"],
        when condition: Condition? = nil, max: Seconds = Seconds(86_400), selfApproval: Bool = false,
        stages: [Configuration.Stage]
    ) -> Configuration.Rule {
        Configuration.Rule(
            name: name, requesters: requesters, targets: Set(targets.map { Fixtures.name($0) }), condition: condition,
            outcome: .grant(
                .init(
                    maxDuration: max,
                    approval: .review(.init(allowSelfApproval: selfApproval, stages: stages)))))
    }

    /// One flow, `ssh`, with the targets `prod` and `test`, durations of 30 minutes and one and eight hours, and a
    /// question `ticket` that need not be answered.
    static func flow(_ rules: [Configuration.Rule], prompts: [Configuration.Prompt]? = nil) -> Configuration.Flow {
        let secret = SecretReference(source: .env, path: "TOKEN")
        let tailnet = Configuration.TailscaleIntegration(
            name: Fixtures.name("net"), label: "net", externalID: "example.com", tailnet: "-",
            provisioner: Fixtures.name("tailscale"), credential: .apiToken(secret))
        let targets = ["prod", "test"].compactMap { name in
            GroupName(rawValue: "group:\(name)").map {
                Configuration.Target(name: Fixtures.name(name), label: name, group: $0)
            }
        }
        let duration = Configuration.Prompt(
            name: "duration", label: "Duration",
            kind: .duration(allowed: [Seconds(1_800), Seconds(3_600), Seconds(28_800)]))
        let ticket = Configuration.Prompt(name: "ticket", label: "Ticket", kind: .text(allowed: []), isRequired: false)
        return Configuration.Flow(
            name: Fixtures.name("ssh"), label: "SSH",
            strategy: .init(name: Fixtures.name("net"), label: "net", integration: tailnet, targets: targets),
            allowedSources: [.slack, .api, .kafka], prompts: [duration] + (prompts ?? [ticket]), rules: rules)
    }

    static func configuration(_ flow: Configuration.Flow) -> Configuration {
        var configuration = Configuration()
        for group in groups.values { configuration.groups[group.name] = group }
        configuration.flows[flow.name] = flow
        return configuration
    }

    static func configuration(_ rules: [Configuration.Rule]) -> Configuration { configuration(flow(rules)) }

    static func submit(
        _ person: String = "ana", target: String = "prod", duration: Int64 = 1_800, ticket: String? = nil,
        bot: Bool = false
    ) -> Command.Submit {
        var submit = Fixtures.submit(
            by: bot ? .bot(Fixtures.bot("pager")) : .person(Fixtures.person(person)), channel: bot ? .kafka : .api,
            target: target, duration: duration, for: bot ? person : nil)
        submit.access.fields = ticket.map { ["ticket": .text($0)] } ?? [:]
        return submit
    }

    /// What the rules say.
    static func evaluation(
        _ rules: [Configuration.Rule], _ submit: Command.Submit = submit(), directory: Directory = directory,
        now: Timestamp = now
    ) throws -> RuleEvaluation {
        let configuration = configuration(rules)
        let ruleCase = try RuleCase(RuleQuestion(submit), in: configuration, directory: directory, time: now)
        return RuleEvaluation(ruleCase, in: configuration, directory: directory, now: now)
    }

    /// What becomes of a submission.
    static func evaluate(
        _ rules: [Configuration.Rule], _ submit: Command.Submit = submit(), directory: Directory = directory,
        now: Timestamp = now
    ) -> Result<Fact.Submitted, Refusal> {
        evaluate(configuration(rules), submit, directory: directory, now: now)
    }

    static func evaluate(
        _ configuration: Configuration, _ submit: Command.Submit, directory: Directory = directory,
        now: Timestamp = now
    ) -> Result<Fact.Submitted, Refusal> {
        Result { () throws(Refusal) in
            try configuration.evaluate(
                submit, requestID: Fixtures.requestID, version: 1, directory: directory, now: now, askedAt: now)
        }
    }
}
