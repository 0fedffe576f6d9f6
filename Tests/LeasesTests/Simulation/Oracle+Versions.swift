import Leases
import SymMessages

/// A write on its way to a tailnet.
struct SentWrite {
    let write: Write<ToyTarget.Draft>
    let tailnet: Tailnet
    let ticket: Ticket
    let process: Int
    /// Milliseconds, on the clock of the process, when it decided and when it sent.
    let decidedWall: Int64
    var wall: Int64 = 0
    var sentAt: Int64 = 0
    /// Of the process, when it decided on the write; `nil`: not known to it.
    var configured: TailnetCredential?
    var credential: TailnetCredential
    let madeAt: Int64
    let isWithoutKafka: Bool
}

/// Versions of the files.
extension Oracle {
    /// The last moment at which a write can be held back.
    mutating func sends(_ sent: SentWrite, to tailnet: SimulatedTailnet, at time: Int64) {
        let write = sent.write
        if write.version != write.draft.base { blame("P5", "a write names another version than its draft's", time) }
        let adds = write.changes.contains { $0.action == .add }
        if adds, let configured = sent.configured, configured != sent.credential {
            blame("P10", "somebody is put in with a credential that is not the configured one", time)
        }
        guard write.version == tailnet.version else { return }
        let partition = Self.partition(tailnet.name)
        for member in SimulatedTailnet.members(of: write.draft.groups).subtracting(tailnet.members) {
            let isAllowed = (leases["\(tailnet.name)/\(member)"] ?? []).contains { lease in
                // An order to end it may have come since the write was decided on.
                ([.wanted, .confirmed].contains(ledger.records[lease]?.phase) || isRevoked(lease))
                    && (attempts[lease] ?? []).contains { isAttempt($0, sent, partition) }
            }
            if !isAllowed, ledger.isHeld(by: sent.process, partition) {
                blame("P1", "\(member) is added without an approved lease whose end is durable", time)
            }
            if !isAllowed, !wasAttempt("\(tailnet.name)/\(member)", sent) {
                blame("P1", "\(member) is added and its sender never read a record of it", time)
            }
        }
    }

    private func isAttempt(_ record: LeaseRecord, _ sent: SentWrite, _ partition: Int32) -> Bool {
        guard let attempt = record.attempt, granted[record.terms.leaseID] == record.terms else { return false }
        // One that we took out is put back, until the end that was told.
        let isBounded =
            if let confirmation = record.confirmation {
                attempt.deadline <= confirmation.endsAt && attempt.end == confirmation.endsAt
            } else {
                attempt.deadline <= record.terms.startBy
                    && attempt.end == record.extends?.end ?? attempt.deadline + record.terms.duration
            }
        return isBounded && attempt.etag == sent.write.version && sent.wall < milliseconds(attempt.deadline)
            && read[sent.process]?.contains(Self.name(record)) ?? false
            && ledger.isFenced(record, of: sent.process, partition)
    }

    /// Whether the sender, whose claim is lost, had what it needed when it decided.
    private func wasAttempt(_ place: String, _ sent: SentWrite) -> Bool {
        (leases[place] ?? []).contains { lease in
            (read[sent.process] ?? []).contains { $0.hasPrefix("\(lease)/") && $0.contains(sent.write.version) }
        }
    }

    /// A version of ours.
    mutating func wrote(_ sent: SentWrite, before: SimulatedTailnet, after: SimulatedTailnet, at time: Int64) {
        let added = after.members.subtracting(before.members)
        let removed = before.members.subtracting(after.members)
        judgeBytes(added.union(removed), before.groups, after.groups, time)
        let holds = ledger.isHeld(by: sent.process, Self.partition(after.name))
        for member in added {
            let place = "\(after.name)/\(member)"
            guard !isCovered(place, at: min(time, sent.wall)) else { continue }
            // A text that came back has the version it had, and is no fence between our own writes.
            let cameBack = before.versions.last.map { $0.from > sent.sentAt } ?? false
            if holds, !isStale(place), !cameBack, !wasCovered(place, sent) {
                blame("P1", "\(member) is put in by the owner, and no lease in the ledger covers it", time)
            }
            lingers[place] = time + Allowances.lastLook
        }
        for member in removed {
            let place = "\(after.name)/\(member)"
            ourRemovals[place] = (sent.madeAt, hasJustEnded(place, by: sent))
            if bystanders.standing.contains(place) {
                blame("P3", "\(member) stood there before us and is removed", time)
            }
            if leases[place] == nil, !bystanders.either.contains(place) {
                blame("P4", "\(member) is none of ours and is removed", time)
            }
            // What a former owner had on its way may still land; its lease is told as gone.
            let wall = max(time, sent.wall, sent.decidedWall) + (skews.isEmpty ? 0 : Allowances.unnoticed)
            // Without Kafka the end wins over what it cannot see; what it knows is judged when it decides.
            if holds, !sent.isWithoutKafka, let lease = liveLease(place, wall: wall),
                !bystanders.either.contains(place)
            {
                let left = (end(of: lease) ?? time) - wall
                blame("P3", "\(member) is removed \(left) ms before lease \(lease) is over", time)
            }
            bystanders.gone(place)
            lastRemoval[place] = time
        }
        noteOldText(before, after)
        judge(after, at: time)
    }

    /// By the attempt that it was sent for, before another was recorded by a clock that was behind.
    private func wasCovered(_ place: String, _ sent: SentWrite) -> Bool {
        !(skews[sent.process] ?? []).isEmpty
            && (leases[place] ?? []).contains { lease in
                toldAt[lease] == nil
                    && (attempts[lease] ?? []).compactMap(\.attempt).contains {
                        $0.etag == sent.write.version && milliseconds($0.end) > sent.wall
                    }
            }
    }

    /// An order to end a lease may come after the write that begins it was sent.
    private func isStale(_ place: String) -> Bool { (leases[place] ?? []).contains { isRevoked($0) } }

    /// Nothing but the members concerned may differ: not the order, not the spelling, no other group.
    private mutating func judgeBytes(
        _ changed: Set<String>, _ before: [GroupName: [String]], _ after: [GroupName: [String]], _ time: Int64
    ) {
        func others(_ groups: [GroupName: [String]]) -> [GroupName: [String]] {
            groups.reduce(into: [:]) { rest, entry in
                rest[entry.key] = entry.value.filter { !changed.contains("\(entry.key)/\($0.lowercased())") }
            }
        }
        if others(before) != others(after) { blame("P4", "more than \(changed.sorted()) changed", time) }
    }

    /// A version of somebody else's.
    ///
    /// - Parameter isOld: an older version that was put back; a text that was there before is one, however it came about.
    mutating func edited(before: SimulatedTailnet, after: SimulatedTailnet, isOld: Bool, at time: Int64) {
        meddled.insert(after.name)
        for member in before.members.subtracting(after.members) {
            bystanders.removedByOther("\(after.name)/\(member)")
            ourRemovals["\(after.name)/\(member)"] = nil
        }
        let isOld = isOld || before.versions.contains { $0.tag == after.version }
        for member in after.members.subtracting(before.members) {
            let place = "\(after.name)/\(member)"
            bystanders.added(place, as: kind(of: place, isOld: isOld, at: time))
        }
        noteOldText(before, after)
        judge(after, at: time)
    }

    /// A text that was there before, by a write of ours too: its sender may die before it has noted that it was one.
    private mutating func noteOldText(_ before: SimulatedTailnet, _ after: SimulatedTailnet) {
        guard before.versions.contains(where: { $0.tag == after.version }) else { return }
        for place in after.members.map({ "\(after.name)/\($0)" }) where leases[place] != nil {
            bystanders.standsInOldText(place)
        }
    }

    private func kind(of place: String, isOld: Bool, at time: Int64) -> Bystanders.Kind {
        guard let leases = leases[place] else { return .standing }
        let isOver = leases.allSatisfy { toldAt[$0] != nil || ledger.records[$0]?.phase == .ended }
        // Set clocks say nothing of ten minutes.
        guard isOver, skews.isEmpty else { return .either }
        guard let end = lastEnd[place] else {
            return leases.contains { attempts[$0] != nil } ? .either : .standing
        }
        let edge = Allowances.windowEdge(slow: slow)
        if time < end + Allowances.returnWindow - edge {
            return .returned(until: end + Allowances.returnWindow - edge)
        }
        // Whether an old text that comes back later is ours is said by receipts only.
        // Where one did, the ten minutes begin anew when it was taken out.
        let watched = max(end, lastRemoval[place] ?? end) + Allowances.returnWindow + edge
        return isOld || time < watched ? .either : .standing
    }

    /// Whether a lease of the login had come to its end a moment ago when this was decided, so that whoever finds the login gone
    /// knows that it was us; a former owner may take out as well what has come back after an end of long ago.
    private func hasJustEnded(_ place: String, by sent: SentWrite) -> Bool {
        (leases[place] ?? []).contains { lease in
            // One that never put it in is no reason to take it out, whenever that is told.
            let told = mayHavePutIn(lease) ? toldAt[lease] : nil
            let ends = [end(of: lease), confirmed[lease]?.last.map { milliseconds($0.endsAt) }, told]
            return ends.compactMap(\.self).contains {
                $0 <= sent.madeAt + Allowances.unnoticed && sent.madeAt < $0 + 100_000
            }
        }
    }

    private func mayHavePutIn(_ lease: LeaseID) -> Bool {
        attempts[lease] != nil || confirmed[lease] != nil || ledger.records[lease]?.extends?.end != nil
    }

    /// Whether another lease of the login came to its end a moment ago, so that it may have been us who took it out.
    private func mayBePutBack(_ lease: LeaseID, at time: Int64) -> Bool {
        guard let terms = granted[lease] else { return false }
        // Who knows of the lease only what a former owner was about to do ends it by that.
        let former = (attempts[lease] ?? []).filter { $0.confirmation == nil }.compactMap(\.attempt).map {
            milliseconds($0.end)
        }
        if former.contains(where: { $0 <= time && time < $0 + Allowances.putBack }) { return true }
        return (leases[Self.place(terms)] ?? []).contains { other in
            guard other != lease, let end = toldAt[other] ?? end(of: other) else { return false }
            return end <= time && time < end + Allowances.putBack
        }
    }

    private func isOurDoing(_ lease: LeaseID, on tailnet: String) -> Bool {
        guard let terms = granted[lease], !meddled.contains(tailnet) else { return false }
        return ourRemovals[Self.place(terms)]?.isOfEnd ?? false
    }

    /// What a process is given to read.
    mutating func reads(_ document: ToyTarget.Document, of tailnet: SimulatedTailnet, by process: Int, at time: Int64) {
        guard document.version == tailnet.version, document.damage == nil,
            ledger.isHeld(by: process, Self.partition(tailnet.name))
        else { return }
        let places = Set(tailnet.members.map { "\(tailnet.name)/\($0)" })
        bystanders.seen(places, at: time)
        for (place, leases) in leases where place.hasPrefix("\(tailnet.name)/") {
            for lease in leases {
                if places.contains(place) || ledger.records[lease]?.phase != .confirmed || toldAt[lease] != nil {
                    missing[lease] = nil
                } else {
                    missing[lease] = ((missing[lease]?.readings ?? 0) + 1, missing[lease]?.since ?? time)
                }
            }
        }
        for (lease, seen) in missing
        where seen.readings > Allowances.readingsWithout && isLate(since: seen.since, at: time)
            && (end(of: lease) ?? 0) > time
        {
            if isOurDoing(lease, on: tailnet.name) {
                blame("P3", "the login of lease \(lease) is not put back, and we removed it", time)
            } else if !mayBePutBack(lease, at: time) {
                blame("P3", "lease \(lease) goes on though its login was removed by somebody", time)
            } else {
                continue
            }
            missing[lease] = nil
        }
    }

    /// Whoever stands there has a lease, or had one until a moment ago, or is none of ours.
    mutating func judge(_ tailnet: SimulatedTailnet, at time: Int64) {
        for member in tailnet.members {
            let place = "\(tailnet.name)/\(member)"
            if bystanders.isNotOurs(place) || isCovered(place, at: time) {
                uncoveredSince[place] = nil
                continue
            }
            if let (until, seenAt) = bystanders.returned[place] {
                if time >= until {
                    bystanders.becomesEither(place)
                } else if let seenAt, isLate(since: seenAt, at: time) {
                    blame("P2", "\(member) of \(tailnet.name) came back after its end, was seen, and stays", time)
                }
                continue
            }
            let since = uncoveredSince[place] ?? time
            uncoveredSince[place] = since
            let excuse = max(lingers[place] ?? 0, excused[place] ?? 0)
            if isLate(since: max(since, excuse), at: time, needsRecords: false) {
                blame("P2", "\(member) of \(tailnet.name) stands there, uncovered since \(since) ms", time)
            }
        }
        for place in uncoveredSince.keys
        where !tailnet.members.contains(String(place.dropFirst(tailnet.name.count + 1))) {
            if place.hasPrefix("\(tailnet.name)/") { uncoveredSince[place] = nil }
        }
    }
}
