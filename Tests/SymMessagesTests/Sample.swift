import SymMessages
import Testing

/// One of everything.
enum Sample {
    static let ana = person("ana@example.com")
    static let ben = person("ben@example.com")
    static let cy = person("cy@example.com")
    static let dee = person("dee@example.com")
    static let moment = Timestamp(milliseconds: 1_767_323_045_678)
    static let requestID = RequestID(caller: .person(ana), source: "http", id: "1")
    static let leaseID = LeaseID(request: requestID, round: 1)
    static let access = AccessRequest(
        flow: name("prod"), target: name("main"), duration: Seconds(1_800), reason: "a \"reason\"", beneficiary: ben)
    static let submission = Submission(channel: .api, source: "http", id: "1")
    static let offer = Offer(
        requestID: requestID, round: 1, flow: name("prod"), askedBy: .person(ana), person: ana, grant: grant,
        reason: "r")
    static let grant = Offer.Grant(
        target: name("main"), targetLabel: "Prod", tailnet: "example.com", group: group("group:prod"),
        login: login("ana@github"), duration: Seconds(1_800))
    static let placement = Placement(
        integration: name("main-tailscale"), provisioner: name("tailscale"), tailnet: "-",
        credential: .apiToken(SecretReference(source: .env, path: "TOKEN")), grantWithin: Seconds(900))
    static let decision = Decision(
        rule: "everyone",
        stages: [
            .init(
                name: "sre", approvers: [ben], required: 1, channels: ["#a"], remindAfter: Seconds(900),
                escalations: [.init(after: Seconds(1_800), added: [ana], channels: ["#b"])])
        ], extending: .init(times: 1, by: Seconds(600), isAutomatic: false))
    static let further = Offer(
        requestID: requestID, round: 2, flow: name("prod"), askedBy: .person(ana), person: ana, grant: grant,
        reason: "more")
    static let submitted = Fact.Submitted(
        submission: submission, caller: .person(ana), access: access, configVersion: 3, offer: offer,
        decision: decision, placement: placement, pendingUntil: moment)
    static let vote = Fact.Vote(voter: ben, offerID: offer.id, message: nil)
    static let stopped = Fact.Stopped(by: .person(ana), reason: "done")
    static let active = Fact.Active(leaseID: leaseID, startedAt: moment, endsAt: moment + Seconds(9), standing: false)
    static let ended = Fact.Ended(leaseID: leaseID, endedAt: moment, reason: .expired, membership: .removed)
    static let failed = Fact.Failed(leaseID: leaseID, reason: "because")
    static let refusal = Refusal(.invalid, field: "duration_seconds", "is not offered")
    static let basis = Basis(configVersion: 3, directoryOffset: 9)
    static let approved = Fact.Approved(vote: vote, leaseID: leaseID, startBy: moment)

    static let facts: [Fact] = [
        .submitted(submitted),
        .refused(.init(submission: submission, caller: .person(ana), contentSHA256: nil, refusal: refusal)),
        .voted(vote), .approved(approved), .denied(vote), .unanswered, .cancelled(stopped), .active(active),
        .ending(stopped), .ended(ended), .failed(failed),
        .escalated(.init(round: 1, stage: "sre", step: 1, added: [ana], channels: ["#b"])),
        .reminded(.init(round: 1, stage: "sre", count: 2)),
        .extensionRequested(.init(offer: further, extends: leaseID, pendingUntil: moment)),
        .extensionApproved(approved), .extensionDenied(vote),
        .extensionFailed(.init(round: 2, by: .person(ana), reason: "It was withdrawn.")),
        .commandRefused(.init(command: "sym.command.end.v1", by: .person(ana), refusal: refusal)),
    ]
    static let commands: [Command] = [
        .submit(.init(submission: submission, caller: .person(ana), access: access, basis: basis)),
        .approve(.init(voter: .person(ben), offerID: offer.id, message: "ok", basis: basis)),
        .deny(.init(voter: .person(ben), offerID: offer.id, message: nil, basis: basis)),
        .cancel(.init(actor: .person(ana), reason: nil, basis: basis)),
        .end(.init(actor: .bot(bot("pagerduty")), reason: "over", basis: basis)),
        .extend(.init(actor: .person(ana), reason: "not done yet", basis: basis)),
        .reject(.init(submission: submission, caller: .bot(bot("pagerduty")), refusal: refusal)),
    ]
    static let outcomes: [Outcome] = [.confirmed(active), .ended(ended), .failed(failed)]
    static let leaseTerms = LeaseTerms(
        leaseID: leaseID, integration: placement.integration, tailnet: "-", group: grant.group, login: grant.login,
        credential: placement.credential, duration: grant.duration, startBy: moment)
    /// Of the next round.
    static let furtherTerms: LeaseTerms = {
        var terms = leaseTerms
        terms.leaseID = LeaseID(request: requestID, round: 2)
        return terms
    }()
    static let leaseRecord = LeaseRecord(
        terms: leaseTerms, revision: 4, phase: .ended,
        attempt: .init(etag: "\"e\"", stoodBefore: true, deadline: moment, end: moment), confirmation: active,
        endReason: .expired, result: .ended(ended), isReported: true,
        receipts: .init(added: .init(etagBefore: "d", etagAfter: "e", at: moment, attempts: 1)))
    static let directory: [DirectoryRecord] = [
        .person(.init(id: ana, role: .admin, origin: .file)),
        .identity(
            .init(
                person: ana, serviceType: "tailscale", externalID: "example.com", value: login("ana@github"),
                origin: .person)),
        .bot(.init(name: bot("pagerduty"), flows: [name("prod")], people: [ana], origin: .file)),
    ]

    // These take literals only, so that a failure is a mistake in a test.
    static func person(_ text: String) -> PersonID { required(PersonID(rawValue: text)) }
    static func name(_ text: String) -> ResourceName { required(ResourceName(rawValue: text)) }
    static func bot(_ text: String) -> BotName { required(BotName(rawValue: text)) }
    static func login(_ text: String) -> Login { required(Login(rawValue: text)) }
    static func group(_ text: String) -> GroupName { required(GroupName(rawValue: text)) }

    private static func required<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a literal in a test is not a valid name") }
        return value
    }
}
