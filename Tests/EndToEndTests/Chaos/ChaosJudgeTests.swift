import SymMessages
import Testing

/// The judge, judged: a small story that is right, and the same story with one thing wrong.
@Suite("The judge of the stories of ChaosTests finds what is wrong")
struct ChaosJudgeTests {
    private static let text = """
        {
          "groups": {
            "group:prod": [],
            "group:data": ["zoe@example.com"], // she looks after it
          },
        }
        """
    private static let ana = PolicyGlance.Member(group: "prod", login: "ana@example.com")
    private static let zoe = PolicyGlance.Member(group: "data", login: "zoe@example.com")
    private static let withAna = text.replacing("\"group:prod\": []", with: "\"group:prod\": [\"ana@example.com\"]")
    private static let id = RequestID(caller: ChaosStory.people[0], source: "http", id: "ask-1")
    private static let lease = LeaseID(request: id, round: 1)

    /// In seconds after the beginning of time.
    private static func at(_ seconds: Double) -> Timestamp { Timestamp(milliseconds: Int64(seconds * 1_000)) }

    private static func version(_ seconds: Double, _ text: String, isForeign: Bool = false) -> ChaosEvidence.Version {
        ChaosEvidence.Version(
            at: at(seconds), text: text, glance: PolicyGlance(text, groups: ["prod", "data"], standing: [zoe]),
            isForeign: isForeign)
    }

    private static func told(_ seconds: Double, _ number: Int, _ state: RequestState, _ fact: Fact)
        -> ChaosEvidence.Told
    {
        .init(at: at(seconds), event: RequestEvent(sequence: number, state: state, cause: "test", fact: fact))
    }

    /// Approved at 100 s, in from 100.5 s, out at 105.6 s.
    private static var story: ChaosEvidence {
        let ask = ChaosStory.Ask(
            key: "ask-1", person: ChaosStory.people[0], group: "prod", duration: 5, isHurried: false, fate: .expires,
            at: 0)
        let active = Fact.Active(leaseID: lease, startedAt: at(100.6), endsAt: at(105.6), standing: false)
        let ended = Fact.Ended(leaseID: lease, endedAt: at(105.8), reason: .expired, membership: .removed)
        return ChaosEvidence(
            versions: [version(0, text, isForeign: true), version(100.5, withAna), version(105.7, text)],
            unconditionalWrites: [],
            stories: [
                .init(
                    id: id, member: ana, ask: ask, consentedAt: at(99), endAskedAt: nil,
                    told: [
                        told(100, 1, .approved, .approved(.init(vote: nil, leaseID: lease, startBy: at(400)))),
                        told(100.7, 2, .active, .active(active)), told(105.9, 3, .ended, .ended(ended)),
                    ])
            ],
            outcomes: [(at(100.7), .confirmed(active)), (at(105.9), .ended(ended))], disturbances: [], strays: [],
            standing: [zoe], initialText: text, finalText: text)
    }

    private static func blamed(_ change: (inout ChaosEvidence) -> Void) -> Set<String> {
        var evidence = story
        change(&evidence)
        return Set(ChaosJudge(evidence).violations.map { String($0.prefix(2)) })
    }

    @Test("nothing where nothing is wrong")
    func right() {
        #expect(ChaosJudge(Self.story).violations == [])
    }

    @Test("P1: put in before it was approved, after it was over, or for nobody")
    func early() {
        #expect(Self.blamed { $0.versions[1] = Self.version(99.9, Self.withAna) }.contains("P1"))
        #expect(
            Self.blamed { $0.versions += [Self.version(107, Self.withAna), Self.version(108, Self.text)] }.contains(
                "P1")
        )
        #expect(Self.blamed { $0.stories = [] }.contains("P1"))
    }

    @Test(
        "P1: a write that was held up may land too late, but not where it was told to be over with nothing changed since"
    )
    func stray() {
        // Sent at 100.4 s, landed at 120 s, out again.
        func lands(_ evidence: inout ChaosEvidence, toldAt: Double, changedAt: Double?) {
            let failed = Fact.Failed(leaseID: Self.lease, reason: "not in place in time")
            let before = evidence.stories[0]
            evidence.stories[0] = .init(
                id: before.id, member: before.member,
                ask: .init(
                    key: "ask-1", person: ChaosStory.people[0], group: "prod", duration: 5, isHurried: true,
                    fate: .expires, at: 0),
                consentedAt: before.consentedAt, endAskedAt: nil,
                told: [before.told[0], Self.told(toldAt, 2, .failed, .failed(failed))])
            evidence.outcomes = [(Self.at(toldAt), .failed(failed))]
            evidence.strays = [Self.at(100.4)...Self.at(120)]
            evidence.versions = [Self.version(0, Self.text, isForeign: true)]
            if let changedAt { evidence.versions.append(Self.version(changedAt, Self.text, isForeign: true)) }
            evidence.versions += [Self.version(120, Self.withAna), Self.version(124, Self.text)]
        }
        #expect(Self.blamed { lands(&$0, toldAt: 130, changedAt: nil) } == [])
        #expect(Self.blamed { lands(&$0, toldAt: 110, changedAt: 115) } == [])
        #expect(Self.blamed { lands(&$0, toldAt: 110, changedAt: 105) } == ["P1"])
    }

    @Test("P2: there too long; trouble excuses, but not for ever")
    func late() {
        func staysUntil(_ seconds: Double, _ evidence: inout ChaosEvidence) {
            evidence.versions[2] = Self.version(seconds, Self.text)
        }
        #expect(!Self.blamed { staysUntil(115, &$0) }.contains("P2"))
        #expect(Self.blamed { staysUntil(117, &$0) }.contains("P2"))
        let trouble = Self.at(104)...Self.at(110)
        #expect(
            !Self.blamed {
                staysUntil(134, &$0)
                $0.disturbances = [trouble]
            }.contains("P2"))
        #expect(
            Self.blamed {
                staysUntil(136, &$0)
                $0.disturbances = [trouble]
            }.contains("P2"))
        #expect(Self.blamed { $0.versions.removeLast() }.contains("P2"))
    }

    @Test("P3: taken out before the end; not if somebody else did it")
    func short() {
        #expect(Self.blamed { $0.versions[2] = Self.version(103, Self.text) } == ["P3"])
        #expect(Self.blamed { $0.versions[2] = Self.version(103, Self.text, isForeign: true) } == [])
    }

    @Test("P3: taken out by a write that was held up: it is to be put back, and nobody is told that others did it")
    func takenOutByStray() {
        // In from 100.5 s on, out at 120 s by what was sent at 101 s; it is to last until 305.6 s.
        func lands(_ evidence: inout ChaosEvidence, putBackAt: Double?, reason: LeaseEnd = .expired) {
            let active = Fact.Active(
                leaseID: Self.lease, startedAt: Self.at(100.6), endsAt: Self.at(305.6), standing: false)
            let over = reason == .gone ? 130 : 305.8
            let ended = Fact.Ended(
                leaseID: Self.lease, endedAt: Self.at(over), reason: reason, membership: .removed)
            let before = evidence.stories[0]
            evidence.stories[0] = .init(
                id: before.id, member: before.member,
                ask: .init(
                    key: "ask-1", person: ChaosStory.people[0], group: "prod", duration: 205, isHurried: false,
                    fate: .expires, at: 0),
                consentedAt: before.consentedAt, endAskedAt: nil,
                told: [
                    before.told[0], Self.told(100.7, 2, .active, .active(active)),
                    Self.told(over + 0.1, 3, .ended, .ended(ended)),
                ])
            evidence.outcomes = [
                (Self.at(100.7), .confirmed(active)), (Self.at(over + 0.1), .ended(ended)),
            ]
            evidence.strays = [Self.at(101)...Self.at(120)]
            evidence.versions[2] = Self.version(120, Self.text)
            if let putBackAt {
                evidence.versions += [Self.version(putBackAt, Self.withAna), Self.version(305.7, Self.text)]
            }
        }
        #expect(Self.blamed { lands(&$0, putBackAt: 150) } == [])
        #expect(Self.blamed { lands(&$0, putBackAt: 200) } == ["P3"])
        #expect(Self.blamed { lands(&$0, putBackAt: nil) } == ["P3"])
        #expect(Self.blamed { lands(&$0, putBackAt: nil, reason: .gone) } == ["P3"])
    }

    @Test("P4: a byte that is not ours, a member who stands there, a comment of others")
    func foreign() {
        for wrong in [
            Self.withAna.replacing("after it", with: "after"), Self.withAna.replacing("\"zoe@example.com\"", with: ""),
        ] {
            #expect(Self.blamed { $0.versions[1] = Self.version(100.5, wrong) } == ["P4"])
        }
        #expect(
            Self.blamed { $0.versions.insert(Self.version(99, "// mine\n\(Self.text)", isForeign: true), at: 1) } == [
                "P4"
            ]
        )
    }

    @Test("P5: a write without a condition")
    func unconditional() {
        #expect(Self.blamed { $0.unconditionalWrites = [Self.at(100.5)] } == ["P5"])
    }

    @Test("P6: told to be in before the file says so, told to be out before the file says so")
    func claims() {
        #expect(Self.blamed { $0.versions[1] = Self.version(100.65, Self.withAna) } == ["P6"])
        #expect(Self.blamed { $0.versions[2] = Self.version(105.85, Self.text) } == ["P6"])
    }

    @Test("P8: no end, two outcomes")
    func outcomes() {
        #expect(Self.blamed { $0.stories[0] = Self.unended($0.stories[0]) }.contains("P8"))
        #expect(
            Self.blamed {
                $0.outcomes.append((Self.at(106), .failed(.init(leaseID: Self.lease, reason: "not in place in time"))))
            } == ["P8"])
    }

    private static func unended(_ story: ChaosEvidence.Story) -> ChaosEvidence.Story {
        .init(
            id: story.id, member: story.member, ask: story.ask, consentedAt: story.consentedAt, endAskedAt: nil,
            told: story.told.dropLast())
    }
}
