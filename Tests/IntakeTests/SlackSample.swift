import SymMessages
import Testing

@testable import Intake

/// Requests and their events, for Slack's tests.
enum SlackSample {
    static let start = Timestamp(milliseconds: 1_767_225_600_000)
    static let ana = person("ana@example.com")
    static let ben = person("ben@example.com")
    static let cy = person("cy@example.com")

    static func person(_ text: String) -> PersonID {
        guard let person = PersonID(rawValue: text) else { preconditionFailure("\(text) is no person") }
        return person
    }

    static func id(_ key: String = "k1") -> RequestID { RequestID(caller: Sample.ana, source: "slack:T1", id: key) }

    static func submitted(
        _ id: RequestID = id(), reason: String? = "incident 4711", channels: [String] = ["#sym-requests"],
        approvers: [PersonID] = [ben, cy], required: Int = 1, caller: Caller = Sample.ana, label: String = "Prod"
    ) -> Fact.Submitted {
        let stage = Decision.Stage(name: "sre", approvers: approvers, required: required, channels: channels)
        return submitted(id, reason: reason, stages: [stage], caller: caller, grant: grant(label: label))
    }

    static func grant(label: String = "Prod", duration: Seconds = Seconds(1_800)) -> Offer.Grant {
        guard let group = GroupName(rawValue: "group:prod"), let login = Login(rawValue: "ana@example.com") else {
            preconditionFailure("the sample's names are wrong")
        }
        return Offer.Grant(
            target: Sample.name("prod"), targetLabel: label, tailnet: "example.com", group: group, login: login,
            duration: duration)
    }

    /// - Parameter grant: `nil`: a decision only.
    static func submitted(
        _ id: RequestID = id(), reason: String? = "incident 4711", stages: [Decision.Stage],
        extending: Decision.Extending? = nil, caller: Caller = Sample.ana, grant: Offer.Grant? = grant(),
        fields: [String: FieldValue] = [:]
    ) -> Fact.Submitted {
        let access = AccessRequest(flow: Sample.name("ssh"), duration: grant?.duration, reason: reason)
        return Fact.Submitted(
            submission: Submission(channel: .slack, source: "slack:T1", id: "k1"), caller: caller, access: access,
            configVersion: 1,
            offer: Offer(
                requestID: id, round: 1, flow: Sample.name("ssh"), askedBy: caller, person: ana, grant: grant,
                reason: reason, fields: fields),
            decision: Decision(rule: "everyone", stages: stages, extending: extending),
            placement: grant.map { _ in
                Placement(
                    integration: Sample.name("tailnet"), provisioner: Sample.name("tailscale"), tailnet: "example.com",
                    credential: .apiToken(SecretReference(source: .env, path: "T")), grantWithin: Seconds(900))
            },
            pendingUntil: start + Seconds(86_400))
    }

    static func vote(_ voter: PersonID, of submitted: Fact.Submitted, message: String? = nil) -> Fact.Vote {
        Fact.Vote(voter: voter, offerID: submitted.offerID, message: message)
    }

    static func approved(_ voter: PersonID, of submitted: Fact.Submitted) -> Fact.Approved {
        Fact.Approved(
            vote: vote(voter, of: submitted), leaseID: LeaseID(request: submitted.offer.requestID, round: 1),
            startBy: start + Seconds(900))
    }

    static func active(_ id: RequestID = id(), standing: Bool = false, round: Int = 1) -> Fact.Active {
        Fact.Active(
            leaseID: LeaseID(request: id, round: round), startedAt: start + Seconds(5),
            endsAt: start + Seconds(5 + Int64(round) * 1_800), standing: standing)
    }

    /// The next round, asked for by the requester.
    static func further(
        _ submitted: Fact.Submitted, round: Int = 2, reason: String? = "not done yet", by seconds: Int64 = 1_800
    ) -> Fact.ExtensionRequested {
        var offer = submitted.offer
        offer.round = round
        offer.askedBy = submitted.caller
        offer.grant?.duration = Seconds(seconds)
        offer.reason = reason
        return Fact.ExtensionRequested(
            offer: offer, extends: LeaseID(request: offer.requestID, round: round - 1),
            pendingUntil: start + Seconds(1_805))
    }

    static func extended(_ asked: Fact.ExtensionRequested, by voter: PersonID = cy) -> Fact.Approved {
        Fact.Approved(
            vote: Fact.Vote(voter: voter, offerID: asked.offerID, message: nil),
            leaseID: LeaseID(request: asked.offer.requestID, round: asked.offer.round), startBy: start + Seconds(900))
    }

    static func ended(
        _ id: RequestID = id(), _ reason: LeaseEnd = .expired, _ membership: MembershipAfterEnd = .removed
    ) -> Fact.Ended {
        Fact.Ended(
            leaseID: LeaseID(request: id, round: 1), endedAt: start + Seconds(1_806), reason: reason,
            membership: membership)
    }

    static func failed(_ id: RequestID = id(), _ reason: String = "not in place by 12:15") -> Fact.Failed {
        Fact.Failed(leaseID: LeaseID(request: id, round: 1), reason: reason)
    }

    /// The request that these facts add up to.
    static func request(_ facts: [(RequestState, Fact)], id: RequestID = id()) -> Request {
        var log = RequestLog(id: id, reader: .following)
        for (index, (state, fact)) in facts.enumerated() {
            let verdict = log.append(
                RequestEvent(sequence: index + 1, state: state, cause: "c\(index)", fact: fact), at: start)
            #expect(verdict == .accepted)
        }
        return log.request
    }

    /// Every state a card can be in, by name.
    static func allStates(
        reason: String? = "incident 4711", message: String? = "fine by me", label: String = "Prod",
        approvers: [PersonID] = [ben, cy]
    ) -> [(name: String, request: Request)] {
        let two = submitted(reason: reason, approvers: approvers, required: 2, label: label)
        let pending: (RequestState, Fact) = (.pending, .submitted(two))
        let voted: (RequestState, Fact) = (.pending, .voted(vote(ben, of: two, message: message)))
        let approval: (RequestState, Fact) = (.approved, .approved(approved(cy, of: two)))
        let started: (RequestState, Fact) = (.active, .active(active()))
        let ending: (RequestState, Fact) = (.ending, .ending(.init(by: Sample.cy, reason: message)))
        let granted = [pending, voted, approval, started]
        var states: [(String, Request)] = [
            ("pending", request([pending])), ("voted", request([pending, voted])),
            ("approved", request([pending, voted, approval])), ("active", request(granted)),
            (
                "active-standing",
                request([pending, voted, approval, (.active, .active(active(standing: true)))])
            ),
            ("ending", request(granted + [ending])),
            ("denied", request([pending, voted, (.denied, .denied(vote(cy, of: two, message: message)))])),
            ("unanswered", request([pending, (.unanswered, .unanswered)])),
            ("cancelled", request([pending, (.cancelled, .cancelled(.init(by: Sample.ana, reason: message)))])),
            ("failed", request([pending, voted, approval, (.failed, .failed(failed()))])),
            ("frozen", request([pending, (.none, .unknown(type: "sym.request.new.v9"))])),
        ]
        let asked: (RequestState, Fact) = (.active, .extensionRequested(further(two, reason: reason)))
        let more = further(two, reason: reason)
        let no = Fact.Vote(voter: cy, offerID: more.offerID, message: message)
        states += [
            ("extension-pending", request(granted + [asked])),
            ("extension-denied", request(granted + [asked, (.active, .extensionDenied(no))])),
            ("extension-approved", request(granted + [asked, (.active, .extensionApproved(extended(more)))])),
            (
                "extended",
                request(
                    granted + [
                        asked, (.active, .extensionApproved(extended(more))), (.active, .active(active(round: 2))),
                    ])
            ),
        ]
        for (reason, name) in [(LeaseEnd.expired, "expired"), (.revoked, "revoked"), (.gone, "gone")] {
            for membership in [MembershipAfterEnd.removed, .leased, .standing, .neverAdded] {
                let facts = granted + (reason == .revoked ? [ending] : [])
                states.append(
                    (
                        "ended-\(name)-\(membership.rawValue)",
                        request(facts + [(.ended, .ended(ended(id(), reason, membership)))])
                    ))
            }
        }
        return states.map { ($0.0, $0.1) }
    }
}
