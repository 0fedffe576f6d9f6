import SymMessages
import Testing

@testable import SymConfiguration

@Suite("P7 who decides in which stage")
struct StageVoteTests {
    private let ana = Fixtures.person("ana")
    private let ben = Fixtures.person("ben")
    private let cy = Fixtures.person("cy")
    private let dee = Fixtures.person("dee")
    private let eli = Fixtures.person("eli")

    /// As the fixtures', with dee, eli and flo, who are members.
    private static let directory: Directory = {
        var directory = Fixtures.directory
        for name in ["dee", "eli", "flo"] {
            directory.apply(.person(.init(id: Fixtures.person(name), role: .member, origin: .file)))
        }
        return directory
    }()

    private static func emails(_ names: [String]) -> String {
        "{ users: [" + names.map { "\($0)@example.com" }.joined(separator: ", ") + "] }"
    }

    /// `first` (two of ben, dee), after an hour eli, too; then `last` (one of ben, cy).
    private static func yaml(
        first: [String] = ["ben", "dee"], added: [String] = ["eli"], last: [String] = ["ben", "cy"],
        rule: String = "r", more: String = ""
    ) -> String {
        Fixtures.yaml(
            params: "allowed_sources: [api, kafka]",
            rules: "- { name: \(rule), \(more)stages: [ { name: first, required: 2, approvers: \(emails(first)), "
                + "escalate: [ { after: 1h, add: \(emails(added)) } ] }, "
                + "{ name: last, approvers: \(emails(last)) } ] }")
    }

    private static func facts(_ yaml: String = yaml(), directory: Directory = directory) throws -> Facts {
        try Fixtures.facts(yaml: yaml, directory: directory)
    }

    private func submitted(_ facts: Facts, _ submit: Command.Submit = Fixtures.submit()) throws -> Fact.Submitted {
        try Fixtures.evaluate(facts, submit).get()
    }

    private func change(_ facts: inout Facts, to yaml: String) throws {
        let record = ConfigRecord(
            basedOn: facts.history.version, by: .person(cy), at: Fixtures.now,
            resources: try ConfigurationSource(yaml: yaml).resources)
        #expect(facts.history.append(record) == .accepted)
        #expect(facts.history.current != nil)
    }

    private static let escalated = (
        RequestState.pending,
        Fact.escalated(
            .init(round: 1, stage: "first", step: 1, added: [Fixtures.person("eli")], channels: []))
    )

    private static let everybody = ["ana", "ben", "cy", "dee", "eli", "flo", "gus", "zoe"]

    /// Who may say yes, and who no.
    private func may(_ facts: Facts, _ request: Request) -> (yes: Set<String>, no: Set<String>) {
        func who(_ choice: Decision.Choice) -> Set<String> {
            Set(
                Self.everybody.filter {
                    facts.mayVote(.person(Fixtures.person($0)), choice, on: request, at: Fixtures.now) == nil
                })
        }
        return (who(.approve), who(.deny))
    }

    private func refusal(_ facts: Facts, _ person: PersonID, _ request: Request) -> Refusal? {
        facts.mayVote(.person(person), .approve, on: request, at: Fixtures.now)
    }

    @Test("P7 a yes is for those of the open stage, a no for those of every stage")
    func openAndLater() throws {
        let facts = try Self.facts()
        let submitted = try submitted(facts)
        let request = Fixtures.request(submitted)
        #expect(may(facts, request) == (["ben", "dee"], ["ben", "dee", "cy"]))
        let early = refusal(facts, cy, request)
        #expect(early?.kind == .conflict)
        #expect(
            early?.reason
                == "The stage \"first\" of the rule \"r\" is open, and cy@example.com decides in \"last\", which comes later."
        )
        #expect(refusal(facts, eli, request)?.reason.contains("is not among those who may decide") == true)

        let one = Fixtures.request(submitted, votes: [ben])
        #expect(may(facts, one) == (["dee"], ["ben", "dee", "cy"]))

        let met = Fixtures.request(submitted, votes: [ben, dee])
        #expect(met.pending?.openStage == 1)
        #expect(may(facts, met) == (["cy"], ["ben", "dee", "cy"]))
        #expect(refusal(facts, ben, met)?.reason == "ben@example.com has voted on this request already.")
        #expect(refusal(facts, dee, met)?.kind == .conflict)
    }

    @Test("P7 who decides only in a stage that is met says yes no more")
    func met() throws {
        let facts = try Self.facts(Self.yaml(first: ["ben", "dee", "flo"]))
        let met = Fixtures.request(try submitted(facts), votes: [ben, dee])
        #expect(
            refusal(facts, Fixtures.person("flo"), met)?.reason
                == "The stage \"last\" of the rule \"r\" is open, and flo@example.com decides in \"first\", which is met."
        )
        #expect(may(facts, met) == (["cy"], ["ben", "cy", "dee", "flo"]))
    }

    @Test("P7 a person who said yes may still say no, as long as it is not decided")
    func noAfterYes() throws {
        let facts = try Self.facts()
        let submitted = try submitted(facts)
        for votes in [[ben], [ben, dee]] {
            let request = Fixtures.request(submitted, votes: votes)
            #expect(facts.mayVote(.person(ben), .deny, on: request, at: Fixtures.now) == nil)
            #expect(refusal(facts, ben, request)?.kind == .conflict)
        }
        for (state, fact) in [
            (RequestState.denied, Fact.denied(.init(voter: ben, offerID: "", message: nil))),
            (.unanswered, .unanswered),
            (.cancelled, .cancelled(.init(by: nil, reason: nil))),
        ] {
            let over = Fixtures.request(submitted, [(state, fact)])
            #expect(may(facts, over) == ([], []))
            #expect(refusal(facts, ben, over)?.reason == "There is nothing to decide on this request.")
        }
    }

    @Test("P7 whom an escalation adds decides from then on, not before, and only in its stage")
    func escalation() throws {
        let facts = try Self.facts()
        let submitted = try submitted(facts)
        #expect(may(facts, Fixtures.request(submitted)) == (["ben", "dee"], ["ben", "dee", "cy"]))
        let later = Fixtures.request(submitted, [Self.escalated])
        #expect(may(facts, later) == (["ben", "dee", "eli"], ["ben", "dee", "eli", "cy"]))
        let met = Fixtures.request(
            submitted,
            [Self.escalated, (.pending, Fixtures.yes(eli, submitted)), (.pending, Fixtures.yes(dee, submitted))])
        #expect(met.pending?.openStage == 1)
        #expect(may(facts, met) == (["ben", "cy"], ["ben", "dee", "eli", "cy"]))
        #expect(refusal(facts, eli, met)?.reason == "eli@example.com has voted on this request already.")
    }

    @Test("P7 whom an escalation added, or a stage named, and the configuration no longer does decides no more")
    func removed() throws {
        var facts = try Self.facts()
        let submitted = try submitted(facts)
        let request = Fixtures.request(submitted, [Self.escalated])
        try change(&facts, to: Self.yaml(added: ["flo"]))
        #expect(may(facts, request) == (["ben", "dee"], ["ben", "dee", "cy"]), "flo was not fixed, eli is not named")
        try change(&facts, to: Self.yaml(first: ["ben", "flo"], added: ["eli"], last: ["cy"]))
        #expect(may(facts, request) == (["ben", "eli"], ["ben", "eli", "cy"]))
        // In the stage where they are asked, not in some other.
        try change(&facts, to: Self.yaml(first: ["dee", "flo"]))
        #expect(may(facts, request) == (["dee", "eli"], ["ben", "dee", "eli", "cy"]))
        #expect(
            refusal(facts, ben, request)?.reason
                == "ben@example.com could decide when the request was made but no longer can: the stage \"first\" of the "
                + "rule \"r\" does not name them any more.")
        try change(&facts, to: Self.yaml(first: ["flo", "cy"], rule: "other"))
        #expect(may(facts, request) == (["ben", "dee", "eli"], ["ben", "dee", "eli", "cy"]), "the rule is gone")
    }

    @Test("P7 an escalation that did not take place names nobody, whatever the configuration says since")
    func notYetEscalated() throws {
        var facts = try Self.facts()
        let request = Fixtures.request(try submitted(facts))
        try change(&facts, to: Self.yaml(first: ["dee", "flo"], added: ["ben", "eli"], last: ["cy"]))
        #expect(may(facts, request) == (["dee"], ["dee", "cy"]), "ben is named only by what has not taken place")
    }

    @Test("P7 neither who asked, nor whom it is for, nor who asks for more of it decides")
    func concerned() throws {
        let more = "extend: { times: 1, by: 30m }, "
        for isAllowed in [false, true] {
            let facts = try Self.facts(
                Self.yaml(
                    first: ["ana", "ben", "dee", "flo"], last: ["ana", "ben", "cy"],
                    more: more + "allow_self_approval: \(isAllowed), "))
            // ana asks for ben.
            let submitted = try submitted(facts, Fixtures.submit(for: "ben"))
            let own = Set(isAllowed ? ["ana", "ben"] : [])
            #expect(
                may(facts, Fixtures.request(submitted)) == (
                    own.union(["dee", "flo"]), own.union(["dee", "flo", "cy"])
                ))
            for caller in [ana, ben] {
                let request = Fixtures.request(submitted, Fixtures.prolonging(submitted, by: .person(caller)))
                #expect(request.pending?.number == 2)
                #expect(may(facts, request) == (own.union(["dee", "flo"]), own.union(["dee", "flo", "cy"])))
            }
        }
    }

    /// Whoever asks for an extension is concerned even if the lists that were fixed at submission have them.
    @Test("P7 who asks for an extension decides on it only where the rule allows self-approval")
    func prolonging() throws {
        for isAllowed in [false, true] {
            let facts = try Self.facts(
                Self.yaml(more: "allow_self_approval: \(isAllowed), extend: { times: 1, by: 30m }, "))
            let submitted = try submitted(facts)
            let request = Fixtures.request(submitted, Fixtures.prolonging(submitted, by: .person(dee)))
            #expect(may(facts, request).yes == (isAllowed ? ["ben", "dee"] : ["ben"]))
            #expect(may(facts, request).no == (isAllowed ? ["ben", "dee", "cy"] : ["ben", "cy"]))
            if !isAllowed { #expect(refusal(facts, dee, request)?.reason.contains("request of their own") == true) }
        }
    }

    @Test("a round that its rule decides by itself is nobody's to decide")
    func automatic() throws {
        let facts = try Self.facts(Self.yaml(more: "extend: { times: 1, by: 30m, approve: automatically }, "))
        let submitted = try submitted(facts)
        #expect(may(facts, Fixtures.request(submitted)).yes == ["ben", "dee"])
        let request = Fixtures.request(submitted, Fixtures.prolonging(submitted, by: .person(ana)))
        #expect(may(facts, request) == ([], []))
    }

    // MARK: What can never be approved any more

    private func cannotBeMet(_ facts: Facts, _ request: Request) throws -> Bool {
        let terms = try #require(request.terms)
        let refusal = facts.cannotBeMet(try #require(request.pending), of: terms, at: Fixtures.now)
        if let refusal { #expect(refusal.kind == .conflict && refusal.reason.contains("(rule \"r\")")) }
        return refusal != nil
    }

    @Test("P7 P8 somebody without whom it cannot be met was deleted, or is a guest now")
    func left() throws {
        let facts = try Self.facts()
        let submitted = try submitted(facts)
        let request = Fixtures.request(submitted)
        #expect(try !cannotBeMet(facts, request))
        func without(_ people: [String], _ change: (inout Directory, PersonID) -> Void) -> Facts {
            var facts = facts
            for person in people { change(&facts.directory, Fixtures.person(person)) }
            return facts
        }
        for change in [
            { $0.remove(key: "person/\($1)") },
            { $0.apply(.person(.init(id: $1, role: .guest, origin: .person))) },
        ] as [(inout Directory, PersonID) -> Void] {
            // ben, dee, eli and cy for three places: one of the first three may leave.
            for person in ["ben", "dee", "eli", "cy", "flo"] {
                #expect(try !cannotBeMet(without([person], change), request), "\(person)")
            }
            #expect(try cannotBeMet(without(["dee", "eli"], change), request))
            #expect(try cannotBeMet(without(["cy", "eli"], change), request))
            // A yes that was given counts, whoever leaves afterwards.
            let voted = Fixtures.request(submitted, votes: [ben, dee])
            #expect(try !cannotBeMet(without(["ben", "dee", "eli"], change), voted))
            #expect(try cannotBeMet(without(["cy"], change), voted), "ben is needed in the first stage")
            let other = Fixtures.request(
                submitted,
                [Self.escalated, (.pending, Fixtures.yes(eli, submitted)), (.pending, Fixtures.yes(dee, submitted))])
            #expect(try !cannotBeMet(without(["cy"], change), other))
            #expect(try cannotBeMet(without(["cy", "ben"], change), other))
        }
    }

    @Test("P7 P8 somebody without whom it cannot be met was taken out of the rule's lists")
    func takenOut() throws {
        var facts = try Self.facts()
        let request = Fixtures.request(try submitted(facts))
        try change(&facts, to: Self.yaml(first: ["ben", "dee", "flo"], added: ["gus"]))
        #expect(try !cannotBeMet(facts, request))
        try change(&facts, to: Self.yaml(first: ["ben", "flo"], added: ["flo"], last: ["cy"]))
        #expect(try cannotBeMet(facts, request), "flo was not fixed")
        try change(&facts, to: Self.yaml(first: ["ben", "flo"], added: ["eli"], last: ["cy"]))
        #expect(try !cannotBeMet(facts, request), "eli will be added")
        try change(&facts, to: Self.yaml(first: ["ben", "flo"], added: ["eli"], last: ["ben", "flo"]))
        #expect(try cannotBeMet(facts, request), "ben is needed twice")
        try change(&facts, to: Self.yaml(first: ["flo", "eli"], added: ["gus"], last: ["flo"], rule: "other"))
        #expect(try !cannotBeMet(facts, request), "a rule that is gone says nothing about anybody")
        facts.history = ConfigHistory()
        #expect(try !cannotBeMet(facts, request), "nor does no configuration")
    }

    @Test("P7 P8 a group that nobody knows the members of at present is no reason, and decides nothing")
    func staleGroup() throws {
        let yaml = Fixtures.yaml(
            rules: "- { name: r, stages: [ { name: s, approvers: { groups: [oncall] } } ] }"
        ).replacing("sym_group:", with: "sym_group:\n  oncall: { source: directory }")
        var directory = Self.directory
        directory.apply(RuleSketch.put("oncall", ["ben"], until: Fixtures.now + Seconds(60)))
        var facts = try Self.facts(yaml, directory: directory)
        let request = Fixtures.request(try submitted(facts))
        #expect(may(facts, request) == (["ben"], ["ben"]))
        facts.directory.apply(RuleSketch.put("oncall", ["ben"], until: Fixtures.now))
        #expect(may(facts, request) == ([], []))
        #expect(refusal(facts, ben, request)?.reason.contains("The group \"oncall\" counts as empty") == true)
        #expect(try !cannotBeMet(facts, request), "it may be put again")
        facts.directory.apply(RuleSketch.put("oncall", ["ben"]))
        #expect(may(facts, request) == (["ben"], ["ben"]))
        facts.directory.apply(RuleSketch.put("oncall", ["dee"]))
        #expect(may(facts, request) == ([], []))
        #expect(try cannotBeMet(facts, request), "a list that is known, without them, is one")
    }

    @Test("a round that its rule approves by itself is never given up for want of people")
    func automaticIsMet() throws {
        let facts = try Self.facts(Fixtures.yaml(rules: "- { name: r, approve: automatically }"))
        #expect(try !cannotBeMet(facts, Fixtures.request(try submitted(facts))))
    }
}
