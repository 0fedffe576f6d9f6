import SymMessages

/// Judges a story by what was asked, approved and told, and by every version that the policy file ever had. It knows
/// nothing of the ledger, of claims or of any code of the services.
///
/// What it allows, in milliseconds:
struct ChaosJudge {
    /// An access may stand so long beyond its end while nothing is wrong, on a machine that has other work too.
    static let slack: Int64 = 10_000
    /// So long after the last trouble things may still be wrong: the group notices a silent member after 6 s and shares its
    /// partitions out in another 5 (librdkafka's mock always takes all of them), the client waits 10 s for an answer.
    static let recovery: Int64 = 15_000
    /// What was read may be so old when it is told.
    static let readingAge: Int64 = 6_000
    /// From the last check before a write to its arrival.
    static let transit: Int64 = 1_000
    /// What a stray write put in is out again so long after it: the owner reads the file once more 30 s after a take-over.
    static let strayStays: Int64 = 45_000

    private typealias Member = PolicyGlance.Member

    /// What everybody could know of a lease.
    private struct Lease {
        let story: ChaosEvidence.Story
        let approvedAt: Timestamp
        let startBy: Timestamp
        var active: (at: Timestamp, fact: Fact.Active)?
        var endingAt: Timestamp?
        var finalAt: Timestamp?
        var ended: Fact.Ended?
        var failed: Fact.Failed?

        /// When the access has to be over, as far as was known at the time.
        var end: Timestamp {
            let latest = active?.fact.endsAt ?? startBy + Seconds(story.ask.duration)
            return [latest, endingAt, finalAt].compactMap(\.self).min() ?? latest
        }
    }

    private let evidence: ChaosEvidence
    private let leases: [Lease]
    private let troubles: [ClosedRange<Int64>]
    private(set) var violations: [String] = []

    init(_ evidence: ChaosEvidence) {
        self.evidence = evidence
        leases = evidence.stories.compactMap(Self.lease)
        troubles = Self.merged(evidence.disturbances)
        judgeVersions()
        judgeStanding()
        for lease in leases {
            judgeStart(of: lease)
            judgeEnd(of: lease)
        }
        for story in evidence.stories { judgeHistory(of: story) }
        judgeOutcomes()
        judgeLastVersion()
    }

    private mutating func blame(_ promise: String, _ what: String) { violations.append("\(promise): \(what)") }

    // MARK: The file

    private mutating func judgeVersions() {
        for moment in evidence.unconditionalWrites { blame("P5", "a write at \(moment) is not conditional") }
        for (before, version) in zip(evidence.versions, evidence.versions.dropFirst()) where !version.isForeign {
            if before.glance.rest.tail != version.glance.rest.tail || !version.text.keepsComments(of: before.text) {
                blame("P4", "the write at \(version.at) changes more than our members")
            }
            for member in version.glance.members.subtracting(before.glance.members).sorted() {
                judgeAddition(of: member, in: version)
            }
            for member in before.glance.members.subtracting(version.glance.members).sorted() {
                judgeRemoval(of: member, in: version)
            }
        }
    }

    private mutating func judgeAddition(of member: Member, in version: ChaosEvidence.Version) {
        // A stray write is judged by what was known when it was sent.
        let moment = sent(version)
        let reasons = leases.filter { lease in
            lease.story.member == member && lease.approvedAt <= moment
                && (lease.active != nil || moment <= lease.startBy.advanced(byMilliseconds: Self.transit))
                && lease.finalAt.map { moment < $0 } ?? true
                && moment <= lease.active?.fact.endsAt ?? .distantFuture
        }
        if reasons.isEmpty {
            blame("P1", "\(member) is put in at \(version.at) without an approved lease that is not over")
        }
    }

    /// Of a stray removal nobody can know that it is on its way. Design section 7 has the owner put such a member back, which
    /// is not built yet; so it is not blamed here.
    private mutating func judgeRemoval(of member: Member, in version: ChaosEvidence.Version) {
        let moment = version.at
        guard sent(version) == moment else { return }
        for lease in leases where lease.story.member == member {
            guard let active = lease.active?.fact, active.startedAt <= moment, moment < active.endsAt,
                lease.story.endAskedAt.map({ moment < $0 }) ?? true, lease.finalAt.map({ moment < $0 }) ?? true,
                !wasEvicted(member, from: active.startedAt, to: moment)
            else { continue }
            blame(
                "P3", "\(member) is taken out at \(moment) although \(lease.story.ask.key) lasts until \(active.endsAt)"
            )
        }
    }

    /// When a version was sent: of a stray one, long before it landed.
    private func sent(_ version: ChaosEvidence.Version) -> Timestamp {
        let stray = evidence.strays.first { stray in
            !version.isForeign && (0...Self.transit * 2).contains(version.at.milliseconds(since: stray.upperBound))
        }
        return stray?.lowerBound ?? version.at
    }

    /// P2: nobody stands there but on a lease, or shortly after its end.
    private mutating func judgeStanding() {
        let members = Set(evidence.versions.flatMap(\.glance.members))
        for member in members.sorted() {
            let covers = leases.filter { $0.story.member == member }
                .map { (from: $0.approvedAt, to: latest(for: $0.end)) }
            let strays = evidence.versions.filter { sent($0) != $0.at }
                .map { (from: $0.at, to: $0.at.advanced(byMilliseconds: Self.strayStays)) }
            for stay in spans(where: { $0.contains(member) }) {
                var covered = stay.from
                for cover in (covers + strays).sorted(by: { $0.from < $1.from }) where cover.from <= covered {
                    covered = max(covered, cover.to)
                }
                if covered < stay.to {
                    blame(
                        "P2",
                        "\(member) stands there from \(stay.from) to \(stay.to), and no lease allows it after \(covered)"
                    )
                }
            }
        }
    }

    private mutating func judgeLastVersion() {
        if let last = evidence.versions.last, !last.glance.members.isEmpty {
            blame("P2", "\(last.glance.members.sorted()) at the end of the story")
        }
        if PolicyGlance.withoutForeignComments(evidence.finalText) != evidence.initialText {
            blame("P4", "the file is not what it was, apart from other people's comments:\n\(evidence.finalText)")
        }
    }

    // MARK: What was told

    /// P6: nobody is told to have access before the file has them.
    private mutating func judgeStart(of lease: Lease) {
        let (member, key) = (lease.story.member, lease.story.ask.key)
        if lease.story.consentedAt.map({ lease.approvedAt < $0 }) ?? true {
            blame("P1", "\(key) is approved, and nobody had said yes to it")
        }
        guard let (at, active) = lease.active else { return }
        let stands = evidence.standing.contains(member)
        if active.standing != stands { blame("P3", "\(key): \(member) is told to be standing: \(active.standing)") }
        let window = active.startedAt.advanced(byMilliseconds: -Self.readingAge)...active.startedAt
        let wasThere = spans { $0.contains(member) }.contains {
            $0.from <= window.upperBound && window.lowerBound < $0.to
        }
        if !stands && !wasThere || at < active.startedAt {
            blame(
                "P6", "\(key): \(member) is told to have access since \(active.startedAt), and the file does not say so"
            )
        }
        if active.endsAt > active.startedAt + Seconds(lease.story.ask.duration) {
            blame("P2", "\(key) is told to last longer than was approved")
        }
    }

    /// P6: nobody is told to be out before the file has them no more.
    private mutating func judgeEnd(of lease: Lease) {
        let (member, key) = (lease.story.member, lease.story.ask.key)
        if let failed = lease.failed, !lease.story.ask.isHurried { blame("P8", "\(key) failed: \(failed.reason)") }
        guard let ended = lease.ended, let finalAt = lease.finalAt else { return }
        let earliest = ended.endedAt.advanced(byMilliseconds: -Self.readingAge)
        switch ended.membership {
        case .removed:
            // Not the time before the lease put them in.
            let since = lease.active.flatMap { start(of: member, seenAt: $0.fact.startedAt) } ?? earliest
            let wasOut = spans { !$0.contains(member) }.contains {
                (lease.active == nil || $0.from > since) && $0.from <= ended.endedAt && $0.from <= finalAt
                    && $0.to > earliest
            }
            if !wasOut {
                blame("P6", "\(key): \(member) is told to be out at \(ended.endedAt), and the file does not say so")
            }
        case .leased:
            let isThere = spans { $0.contains(member) }.contains { $0.from <= ended.endedAt && earliest < $0.to }
            if !isThere { blame("P6", "\(key): \(member) is told to be kept for another lease and is not there") }
        case .standing:
            if !evidence.standing.contains(member) {
                blame("P3", "\(key): \(member) is told to stand there and never did")
            }
        case .neverAdded:
            if lease.active != nil {
                blame("P6", "\(key): \(member) was told to have access and then to never have had it")
            }
        }
        switch ended.reason {
        case .expired:
            if let active = lease.active, ended.endedAt < active.fact.endsAt {
                blame("P3", "\(key) expired at \(ended.endedAt), before \(active.fact.endsAt)")
            }
        case .revoked:
            if lease.story.endAskedAt == nil { blame("P3", "\(key) was revoked, and nobody asked for it") }
        case .gone:
            let since = lease.active?.fact.startedAt ?? lease.approvedAt
            if !wasEvicted(member, from: since.advanced(byMilliseconds: -Self.readingAge), to: ended.endedAt) {
                blame("P3", "\(key): \(member) is told to have been taken out by others, and nobody did")
            }
        }
    }

    private mutating func judgeHistory(of story: ChaosEvidence.Story) {
        let steps = story.told.filter { if case .commandRefused = $0.event.fact { false } else { true } }
        let finals = steps.filter(\.event.state.isFinal)
        if finals.count != 1 || steps.last?.event.state.isFinal != true {
            blame("P8", "\(story.ask.key) has \(finals.count) final states: \(steps.map(\.event.fact.type))")
        }
        if story.ask.fate == .denied, finals.first?.event.state != .denied {
            blame("P1", "\(story.ask.key) was denied and is \(finals.first?.event.state.rawValue ?? "nothing")")
        }
    }

    private mutating func judgeOutcomes() {
        for lease in leases {
            let own = evidence.outcomes.map(\.outcome).filter { $0.leaseID.request == lease.story.id }
            var confirmations: Set<String> = []
            var finals: Set<String> = []
            for outcome in own {
                if case .confirmed = outcome {
                    confirmations.insert("\(outcome)")
                } else {
                    finals.insert("\(outcome)")
                }
            }
            if finals.count != 1 { blame("P8", "\(lease.story.ask.key) has \(finals.count) final outcomes: \(finals)") }
            if confirmations.count > 1 { blame("P8", "\(lease.story.ask.key) is confirmed in several ways") }
        }
    }

    // MARK: Time

    /// The times in which the file was like this.
    private func spans(where condition: (Set<Member>) -> Bool) -> [(from: Timestamp, to: Timestamp)] {
        var spans: [(from: Timestamp, to: Timestamp)] = []
        for (index, version) in evidence.versions.enumerated() where condition(version.glance.members) {
            let to = index + 1 < evidence.versions.count ? evidence.versions[index + 1].at : .distantFuture
            if let last = spans.last, last.to == version.at {
                spans[spans.count - 1].to = to
            } else {
                spans.append((version.at, to))
            }
        }
        return spans
    }

    /// When the member came in whom a reading saw.
    private func start(of member: Member, seenAt moment: Timestamp) -> Timestamp? {
        spans { $0.contains(member) }.last { $0.from <= moment }?.from
    }

    /// Whether somebody else took the member out, or a stray write of ours did.
    private func wasEvicted(_ member: Member, from: Timestamp, to: Timestamp) -> Bool {
        zip(evidence.versions, evidence.versions.dropFirst()).contains { before, version in
            (version.isForeign || sent(version) != version.at) && (from...max(from, to)).contains(version.at)
                && before.glance.members.contains(member) && !version.glance.members.contains(member)
        }
    }

    /// How long an access may stand whose end is due: the slack, of time in which nothing is wrong.
    private func latest(for end: Timestamp) -> Timestamp {
        var (moment, left) = (end.milliseconds, Self.slack)
        for trouble in troubles where trouble.upperBound > moment {
            let calm = trouble.lowerBound - moment
            if calm >= left { break }
            left -= max(calm, 0)
            moment = trouble.upperBound
        }
        return Timestamp(milliseconds: moment + left)
    }

    private static func merged(_ disturbances: [ClosedRange<Timestamp>]) -> [ClosedRange<Int64>] {
        var merged: [ClosedRange<Int64>] = []
        for next in disturbances.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let (from, to) = (next.lowerBound.milliseconds, next.upperBound.milliseconds + recovery)
            if let last = merged.last, from <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, to)
            } else {
                merged.append(from...to)
            }
        }
        return merged
    }

    private static func lease(of story: ChaosEvidence.Story) -> Lease? {
        var lease: Lease?
        for told in story.told {
            switch told.event.fact {
            case .approved(let approved):
                lease = Lease(story: story, approvedAt: told.at, startBy: approved.startBy)
            case .active(let active): lease?.active = (told.at, active)
            case .ending: lease?.endingAt = told.at
            case .ended(let ended):
                lease?.finalAt = told.at
                lease?.ended = ended
            case .failed(let failed):
                lease?.finalAt = told.at
                lease?.failed = failed
            default: break
            }
        }
        return lease
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(milliseconds: 8_000_000_000_000)
}

extension String {
    /// Without the comments at the top, which others put there.
    fileprivate var tail: String { PolicyGlance.withoutForeignComments(self) }

    /// Whether the comments at the top are all there still. The simulated tailnet's own editor replaces only its own.
    fileprivate func keepsComments(of other: String) -> Bool {
        func comments(_ text: String) -> [Substring] {
            text.split(separator: "\n").prefix { $0.hasPrefix("//") }.filter { !$0.contains("another editor") }
        }
        return comments(self) == comments(other)
    }
}
