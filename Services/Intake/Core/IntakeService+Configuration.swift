import SymConfiguration
import SymMessages

// MARK: - Looking

extension IntakeService {
    func showConfiguration(to caller: Caller) -> Answer {
        if let refusal = facts.mayConfigure(caller) { return .refused(refusal, request: nil) }
        let record = inForce
        let sets = record.map { $0.sets.isEmpty ? archive.current.sets : $0.sets }
        return .configuration(
            ConfigurationView(
                version: facts.history.version, sha256: facts.history.sha256, by: record?.by, at: record?.at,
                resources: record?.resources ?? .object([:]), sets: sets ?? [:]))
    }

    func show(version: Int, to caller: Caller) -> Answer {
        if let refusal = facts.mayConfigure(caller) { return .refused(refusal, request: nil) }
        if version == facts.history.version { return showConfiguration(to: caller) }
        do {
            let (known, content) = try earlier(version)
            return .configuration(
                ConfigurationView(
                    version: version, sha256: known.sha256, by: known.by, at: known.at, resources: content.resources,
                    sets: content.sets))
        } catch {
            return .refused(error, request: nil)
        }
    }

    func showVersions(to caller: Caller) -> Answer {
        if let refusal = facts.mayConfigure(caller) { return .refused(refusal, request: nil) }
        return .versions(archive.versions.reversed())
    }

    private func earlier(_ version: Int) throws(Refusal) -> (ConfigurationVersion, OwnedResources) {
        guard let known = archive[version] else {
            throw Refusal(
                .notFound, "There is no configuration version \(version). `symflow history` has all there were.")
        }
        guard let content = archive.content(of: version) else {
            throw Refusal(
                .notFound,
                "What configuration version \(version) held is not kept here any more: only the last "
                    + "\(ConfigurationArchive.keptVersions) versions are. Its record is still in Kafka.")
        }
        do {
            return (known, try OwnedResources(resources: content.resources, sets: content.sets))
        } catch {
            throw Refusal(
                .conflict, "Configuration version \(version) cannot be used: \(error.description).")
        }
    }
}

// MARK: - Changing

extension IntakeService {
    func plan(_ proposal: Call.Proposal, for caller: Caller) -> Answer {
        if let refusal = facts.mayConfigure(caller) { return .refused(refusal, request: nil) }
        do {
            _ = try base(proposal.basedOn)
            let change = ConfigurationChange(from: archive.current, .apply(set: proposal.set, proposal.source))
            var plan = ConfigurationPlan(
                from: change.before, to: change.after, version: facts.history.version, set: proposal.set)
            plan.warnings = warnings(of: change)
            plan.problems = change.problems
            plan.leases = leasesAtRisk(of: change)
            return .plan(plan)
        } catch {
            return .refused(error, request: nil)
        }
    }

    mutating func apply(
        _ proposal: Call.Proposal, from caller: Caller, key: String, as ticket: Ticket, now: Timestamp
    ) -> [IntakeEffect] {
        if let refusal = facts.mayConfigure(caller) { return [.answer(ticket, .refused(refusal, request: nil))] }
        let change = ConfigurationChange(from: archive.current, .apply(set: proposal.set, proposal.source))
        let content = proposal.source.resources.sha256
        let call = callName(["apply", proposal.set.rawValue, content], proposal.basedOn, caller, key)
        return make(change, basedOn: proposal.basedOn, rollbackTo: nil, call, from: caller, as: ticket, now: now)
    }

    mutating func rollback(
        to version: Int, basedOn: Int?, from caller: Caller, key: String, as ticket: Ticket, now: Timestamp
    ) -> [IntakeEffect] {
        if let refusal = facts.mayConfigure(caller) { return [.answer(ticket, .refused(refusal, request: nil))] }
        do {
            let (_, content) = try earlier(version)
            let change = ConfigurationChange(from: archive.current, .bringBack(content))
            let call = callName(["rollback", String(version)], basedOn, caller, key)
            return make(change, basedOn: basedOn, rollbackTo: version, call, from: caller, as: ticket, now: now)
        } catch {
            return [.answer(ticket, .refused(error, request: nil))]
        }
    }

    /// Sends the record that makes a change, unless there is a reason not to.
    private mutating func make(
        _ change: ConfigurationChange, basedOn: Int?, rollbackTo: Int?, _ call: String, from caller: Caller,
        as ticket: Ticket, now: Timestamp
    ) -> [IntakeEffect] {
        let warnings = warnings(of: change)
        if let version = archive.version(madeBy: call) {
            return [.answer(ticket, .applied(version: version, changed: true, warnings: warnings))]
        }
        do {
            let version = try allowed(change, basedOn: basedOn)
            if change.isEmpty, facts.history.current != nil {
                return [.answer(ticket, .applied(version: version, changed: false, warnings: warnings))]
            }
            let leases = leasesAtRisk(of: change)
            guard leases.isEmpty else { return [.answer(ticket, .needed(by: leases))] }
            let record = change.record(basedOn: version, by: caller, at: now, rollbackTo: rollbackTo)
            let id = Self.recordID(record.version, call)
            expect(
                id, .configuration(warnings: warnings), as: ticket, for: caller, wait: Self.readBack, now: now)
            return put(.configuration(envelope(for: record, id: id)))
        } catch {
            return [.answer(ticket, .refused(error, request: nil))]
        }
    }

    /// The version in force, if this change of it is one that can be made.
    private func allowed(_ change: ConfigurationChange, basedOn: Int?) throws(Refusal) -> Int {
        let version = try base(basedOn)
        if let conflict = change.conflict { throw conflict }
        if let errors = change.errors { throw Refusal(errors) }
        return version
    }

    /// The version that a change is based on: the one in force.
    private func base(_ named: Int?) throws(Refusal) -> Int {
        let inForce = facts.history.version
        guard let named, named != inForce else { return inForce }
        throw Refusal(
            .conflict, field: "based_on",
            "It is based on version \(named), but version \(inForce)\(authorInForce) is in force. Look at that one "
                + "with `symflow export`, then apply again.")
    }

    /// ` by cy@example.com`, of the version in force.
    var authorInForce: String {
        switch inForce?.by {
        case .person(let person)?: " by \(person)"
        case .bot(let bot)?: " by the bot \(bot)"
        case nil: ""
        }
    }

    private func leasesAtRisk(of change: ConfigurationChange) -> [LeaseAtRisk] {
        guard let next = change.configuration else { return [] }
        return LeaseGuard(from: facts.history.current?.configuration, to: next).atRisk(book.leases)
    }

    /// What an administrator should know of a configuration although it can be applied; empty if it cannot. Every
    /// warning is made here.
    private func warnings(of change: ConfigurationChange) -> [ConfigurationProblem] {
        guard let configuration = change.configuration else { return [] }
        let unknown = configuration.people.filter { facts.directory.person($0) == nil }
        return change.warnings + change.source.warnings(ofUnknown: Set(unknown))
    }

    /// The warnings that a call was to be answered with.
    func warnings(for waiter: Waiters.Waiter) -> [ConfigurationProblem] {
        if case .configuration(let warnings) = waiter.subject { warnings } else { [] }
    }
}

// MARK: - Names of calls

extension IntakeService {
    /// The name of a call: the same for the same key, caller and content, so that a repetition is told what became of
    /// the first.
    private func callName(_ content: [String], _ basedOn: Int?, _ caller: Caller, _ key: String) -> String {
        let parts = [key, caller.description, basedOn.map { String($0) } ?? ""] + content
        return String(JSONValue.array(parts.map { .string($0) }).sha256.prefix(32))
    }

    private static func recordID(_ version: Int, _ call: String) -> String { "config/\(version)/\(call)" }

    /// The call whose record has this id.
    static func call(behind id: String) -> String {
        String(id.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? "")
    }
}

extension Refusal {
    /// What is wrong with a configuration, for whoever wrote it.
    init(_ errors: ConfigurationErrors) {
        let path = errors.problems.first?.path ?? ""
        self.init(.invalid, field: path.isEmpty ? "resources" : path, errors.description)
    }
}
