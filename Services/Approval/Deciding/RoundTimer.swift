import SymMessages

/// What time does to a round that waits for a decision.
enum RoundTimer: Equatable {
    /// Nobody decided in time.
    case unanswered
    /// More people may decide; `step` counts from 1.
    case escalate(stage: Int, step: Int)
    /// So many reminders are due by now.
    case remind(stage: Int, count: Int)

    /// What the event that it leads to names as its cause, after request and round.
    var name: String {
        switch self {
        case .unanswered: "pending-until"
        case .escalate(let stage, let step): "escalate.\(stage).\(step)"
        case .remind(let stage, let count): "remind.\(stage).\(count)"
        }
    }
}

extension Round {
    /// When time does something to the round next.
    var nextTimer: Timestamp {
        [nextEscalation?.at, nextReminder?.at].compactMap(\.self).reduce(pendingUntil, min)
    }

    /// What is due by a moment. Once the time to decide is over, nothing else is: nobody is asked in vain.
    func timer(dueBy moment: Timestamp) -> RoundTimer? {
        guard isPending, !isAutomatic else { return nil }
        if pendingUntil <= moment { return .unanswered }
        if let next = nextEscalation, next.at <= moment { return .escalate(stage: openStage, step: next.step) }
        if var next = nextReminder, next.at <= moment {
            // Reminders that nobody could send in time are one.
            while let later = reminder(next.count + 1), later <= moment { next.count += 1 }
            return .remind(stage: openStage, count: next.count)
        }
        return nil
    }

    private var nextEscalation: (step: Int, at: Timestamp)? {
        guard decision.stages.indices.contains(openStage) else { return nil }
        let done = escalations[openStage]
        guard done < decision.stages[openStage].escalations.count else { return nil }
        return (done + 1, stageOpenedAt + decision.stages[openStage].escalations[done].after)
    }

    private var nextReminder: (count: Int, at: Timestamp)? {
        reminder(reminders + 1).map { (reminders + 1, $0) }
    }

    /// After once, three, seven, fifteen … times the pause: each wait is twice the one before.
    private func reminder(_ count: Int) -> Timestamp? {
        guard decision.stages.indices.contains(openStage), count <= 20,
            let pause = decision.stages[openStage].remindAfter
        else { return nil }
        let moment = stageOpenedAt + Seconds(pause.count * ((1 << Int64(count)) - 1))
        return moment < pendingUntil ? moment : nil
    }
}
