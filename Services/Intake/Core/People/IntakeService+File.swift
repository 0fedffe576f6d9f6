import SymConfiguration
import SymMessages

extension IntakeService {
    /// Writes what the directory file says and the topic does not.
    ///
    /// Whoever leaves the file loses tokens and logins, and whoever comes back has none from before: those are gone before
    /// this intake answers anybody.
    mutating func match(_ file: Directory.File, now: Timestamp) -> [IntakeEffect] {
        let present = facts.directory
        let overruled = file.records.filter { record in
            present.records[record.key].map { $0.origin == .person && $0.digest != record.digest } ?? false
        }
        let (coming, leaving) = present.comingAndLeaving(toMatch: file)
        var directory = present
        let old = present.identities.filter {
            coming.contains(.person($0.person)) || leaving.contains(.person($0.person))
        }
        .map { (person: $0.person, key: DirectoryRecord.identity($0).key) }
        for (_, key) in old { directory.remove(key: key) }
        // Of whoever comes back, the file's logins are written anew behind the removal of what was there.
        let changes = directory.changes(toMatch: file)
        let (before, after) = (
            old.filter { coming.contains(.person($0.person)) }, old.filter { !coming.contains(.person($0.person)) }
        )
        var messages: [OutgoingMessage] = before.map { .directoryRemoval(key: $0.key) }
        messages += (coming + leaving).flatMap { revocations(of: $0, by: nil, now: now) }
        messages += changes.records.map { record in
            let id = "directory/file/\(record.key)/\(record.epoch ?? 0)/\(record.digest)"
            return .directory(envelope(for: record, id: id, now: now))
        }
        messages += changes.removed.map { .directoryRemoval(key: $0) }
        messages += after.map { .directoryRemoval(key: $0.key) }
        return overruled.map { .report(.fileOverruled(key: $0.key)) } + messages.flatMap { write($0) }
    }

    private mutating func write(_ message: OutgoingMessage) -> [IntakeEffect] {
        unreadEntries.insert(message.id)
        return oblige(message)
    }
}

extension Directory {
    /// The people and bots that a file adds to those who take part now, and those that it takes away.
    fileprivate func comingAndLeaving(toMatch file: File) -> (coming: [Caller], leaving: [Caller]) {
        let changes = changes(toMatch: file)
        let removed = Set(changes.removed)
        var coming: [Caller] = []
        var leaving: [Caller] = bots.filter { removed.contains(DirectoryRecord.bot($0).key) }.map { .bot($0.name) }
        for record in changes.records {
            switch record {
            case .person(let person) where self.person(person.id) == nil: coming.append(.person(person.id))
            case .bot(let bot) where self.bot(bot.name) == nil: coming.append(.bot(bot.name))
            case .personRemoved(let person): leaving.append(.person(person.id))
            case .person, .bot, .identity, .domain, .group: break
            }
        }
        return (coming, leaving)
    }
}
