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
        guard let group = GroupName(rawValue: "group:prod"), let login = Login(rawValue: "ana@example.com") else {
            preconditionFailure("the sample's names are wrong")
        }
        let access = AccessRequest(flow: Sample.name("ssh"), duration: Seconds(1_800), reason: reason)
        return Fact.Submitted(
            submission: Submission(channel: .slack, source: "slack:T1", id: "k1"), caller: caller, access: access,
            configVersion: 1,
            offer: Offer(
                requestID: id, round: 1, flow: Sample.name("ssh"), target: Sample.name("prod"), targetLabel: label,
                tailnet: "example.com", group: group, person: ana, login: login, duration: Seconds(1_800),
                reason: reason),
            decision: Decision(
                rule: "everyone", stage: "sre", approvers: approvers, required: required, allowSelfApproval: false,
                channels: channels),
            placement: Placement(
                integration: Sample.name("tailnet"), provisioner: Sample.name("tailscale"), tailnet: "example.com",
                credential: .apiToken(SecretReference(source: .env, path: "T")), grantWithin: Seconds(900)),
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

    static func active(_ id: RequestID = id(), standing: Bool = false) -> Fact.Active {
        Fact.Active(
            leaseID: LeaseID(request: id, round: 1), startedAt: start + Seconds(5), endsAt: start + Seconds(1_805),
            standing: standing)
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
            let verdict = log.append(RequestEvent(sequence: index + 1, state: state, cause: "c\(index)", fact: fact))
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
