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
    /// Whom a stray write took out is in again so long after it: the owner looks at every tailnet each minute.
    static let putBackWithin: Int64 = 75_000

    typealias Member = PolicyGlance.Member

    /// What everybody could know of a lease.
    struct Lease {
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

    let evidence: ChaosEvidence
    let leases: [Lease]
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

    mutating func blame(_ promise: String, _ what: String) { violations.append("\(promise): \(what)") }

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
        let reasons = leases.filter { lease in
            guard lease.story.member == member else { return false }
            if allows(lease, additionAt: version.at) { return true }
            // A stray write may have been right when it was sent. But nobody is told that it is over for good while the file
            // is still what that write was made from.
            let overAt = lease.finalAt.flatMap { $0 < version.at ? $0 : nil }
            let isExcused = overAt.map { over in
                evidence.versions.contains { over < $0.at && $0.at < version.at }
            }
            return sent(version) != version.at && allows(lease, additionAt: sent(version)) && isExcused ?? true
        }
        if reasons.isEmpty {
            blame("P1", "\(member) is put in at \(version.at) without an approved lease that is not over")
        }
    }

    private func allows(_ lease: Lease, additionAt moment: Timestamp) -> Bool {
        lease.approvedAt <= moment
            && (lease.active != nil || moment <= lease.startBy.advanced(byMilliseconds: Self.transit))
            && lease.finalAt.map { moment < $0 } ?? true && moment <= lease.active?.fact.endsAt ?? .distantFuture
    }

    /// Of a stray removal nobody can know that it is on its way; but the owner puts such a member back (design, section 7).
    private mutating func judgeRemoval(of member: Member, in version: ChaosEvidence.Version) {
        let moment = version.at
        for lease in leases where lease.story.member == member {
            guard let active = lease.active?.fact, active.startedAt <= moment, moment < active.endsAt,
                lease.story.endAskedAt.map({ moment < $0 }) ?? true, lease.finalAt.map({ moment < $0 }) ?? true,
                !wasEvicted(member, from: active.startedAt, to: moment)
            else { continue }
            if sent(version) != moment, isPutBack(member, after: moment, before: active.endsAt) { continue }
            blame(
                "P3", "\(member) is taken out at \(moment) although \(lease.story.ask.key) lasts until \(active.endsAt)"
            )
        }
    }

    /// When a version was sent: of a stray one, long before it landed.
    private func sent(_ version: ChaosEvidence.Version) -> Timestamp {
        let stray = evidence.strays.first { stray in
            !version.isForeign && (0...Self.transit).contains(version.at.milliseconds(since: stray.upperBound))
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

    /// The times in which the file was like this.
    func spans(where condition: (Set<Member>) -> Bool) -> [(from: Timestamp, to: Timestamp)] {
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
    func start(of member: Member, seenAt moment: Timestamp) -> Timestamp? {
        spans { $0.contains(member) }.last { $0.from <= moment }?.from
    }

    private func isPutBack(_ member: Member, after moment: Timestamp, before end: Timestamp) -> Bool {
        let latest = moment.advanced(byMilliseconds: Self.putBackWithin)
        return end <= latest
            || evidence.versions.contains {
                moment < $0.at && $0.at <= latest && $0.glance.members.contains(member)
            }
    }

    /// Whether somebody else took the member out.
    func wasEvicted(_ member: Member, from: Timestamp, to: Timestamp) -> Bool {
        zip(evidence.versions, evidence.versions.dropFirst()).contains { before, version in
            version.isForeign && (from...max(from, to)).contains(version.at)
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
