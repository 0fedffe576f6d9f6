import SymMessages

/// What people were told, beside what the file said.
extension ChaosJudge {
    /// P6: nobody is told to have access before the file has them.
    mutating func judgeStart(of lease: Lease) {
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
    mutating func judgeEnd(of lease: Lease) {
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
        case .decided: blame("P8", "\(key) is told to be a decision only, and access was asked for")
        }
    }

    mutating func judgeHistory(of story: ChaosEvidence.Story) {
        let steps = story.told.filter { if case .commandRefused = $0.event.fact { false } else { true } }
        let finals = steps.filter(\.event.state.isFinal)
        if finals.count != 1 || steps.last?.event.state.isFinal != true {
            blame("P8", "\(story.ask.key) has \(finals.count) final states: \(steps.map(\.event.fact.type))")
        }
        if story.ask.fate == .denied, finals.first?.event.state != .denied {
            blame("P1", "\(story.ask.key) was denied and is \(finals.first?.event.state.rawValue ?? "nothing")")
        }
    }

    mutating func judgeOutcomes() {
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
}
