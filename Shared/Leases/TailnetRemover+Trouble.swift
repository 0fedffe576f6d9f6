import SymMessages

/// What stands in the way of a removal, and who is told.
extension TailnetRemover {
    func isHeld(_ member: Member, _ now: Timestamp) -> Bool { holds[member].map { $0.until > now } ?? false }

    mutating func hold(_ member: Member, _ turn: inout Turn<Target>) {
        let count = (holds[member]?.count ?? 0) + 1
        let until = turn.now.advanced(byMilliseconds: backoff.delay(afterFailures: count))
        holds[member] = .init(count: count, until: until)
        turn.wakeUps.append((until, tailnet, nil))
    }

    /// A write that may have failed because of one of its changes: smaller ones, until it is found and left for later.
    mutating func isolate(_ members: [Member], _ turn: inout Turn<Target>) {
        if members.count > 1 {
            batchLimit = members.count / 2
        } else {
            for member in members { hold(member, &turn) }
        }
    }

    mutating func refused(_ credential: TailnetCredential, _ message: String, _ turn: inout Turn<Target>) {
        credentials.refused(credential, at: turn.now)
        complain(message, as: .alarm, &turn)
        pause(nil, refused: credential, &turn)
    }

    mutating func pause(
        _ message: String?, retryAfter: Int64? = nil, refused: TailnetCredential? = nil, _ turn: inout Turn<Target>
    ) {
        failures += 1
        if let message { complain(message, &turn) }
        let delay = max(backoff.delay(afterFailures: failures), min(retryAfter ?? 0, 30_000))
        wait(forMilliseconds: delay, refused: refused, &turn)
    }

    mutating func wait(
        forMilliseconds delay: Int64, refused: TailnetCredential?, _ turn: inout Turn<Target>
    ) {
        let until = turn.now.advanced(byMilliseconds: delay)
        step = .waiting(until: until, refused: refused)
        turn.wakeUps.append((until, tailnet, nil))
    }

    mutating func complain(
        _ message: String, as level: LogLine.Level = .warning, _ turn: inout Turn<Target>
    ) {
        if message != trouble { turn.log(level, "\(tailnet): \(message)") }
        trouble = message
    }

    mutating func alarmIfLate(_ turn: inout Turn<Target>) {
        guard turn.now >= nextAlarm ?? turn.now else { return }
        let late = unsettled.filter { turn.now.milliseconds(since: $0.value) >= LateAlarms.lateAfter }
        guard let member = late.keys.min(), let lease = dueLease(on: member, turn.now) else { return }
        let next = turn.now.advanced(byMilliseconds: Self.alarmEvery)
        nextAlarm = next
        turn.wakeUps.append((next, tailnet, nil))
        let others = late.count == 1 ? "" : " and \(late.count - 1) more"
        turn.log(
            .alarm,
            "\(tailnet): access that should have ended over a minute ago may still stand: lease \(lease.id)\(others). "
                + "Kafka is away too. Still trying. \(trouble ?? "")")
    }
}
