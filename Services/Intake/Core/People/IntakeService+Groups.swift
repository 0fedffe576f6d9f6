import SymConfiguration
import SymMessages

extension IntakeService {
    mutating func put(_ list: PeopleCall.MemberList, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        _ = try facts.directoryGroup(list.group)
        guard list.members.count <= PeopleCall.MemberList.most else {
            throw Refusal(
                .invalid, field: "members",
                "\(list.members.count) members are more than the \(PeopleCall.MemberList.most) that a group can have.")
        }
        let group = DirectoryRecord.Group(
            name: list.group, members: list.members, validUntil: list.validUntil, by: asked.caller, at: asked.now)
        let record = DirectoryRecord.group(group)
        let call = asked.id(record.key, [record.digest])
        if let end = list.validUntil, end <= asked.now {
            throw Refusal(
                .invalid, field: "valid_until",
                "valid_until is over already (it is \(asked.now) here): such a list has no members.")
        }
        return try write(record, .group(list.group), call: call, seen: nil, asked)
    }

    // MARK: Bots

    func view(of bot: DirectoryRecord.Bot, tokens: Int) -> BotView {
        BotView(bot, topic: topics.submissions(bot.name), tokens: tokens)
    }

    mutating func put(_ terms: PeopleCall.BotTerms, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let bot = DirectoryRecord.Bot(
            name: terms.name, flows: terms.flows, people: terms.people, groups: terms.groups,
            allowsAutomatic: terms.allowsAutomatic, origin: .person, by: asked.caller)
        let record = DirectoryRecord.bot(bot)
        let call = asked.id(record.key, [record.digest])
        let standing = facts.directory.records[record.key]
        let write = try write(record, .bot(bot.name), call: call, seen: .init(record: standing), asked)
        guard standing == nil else { return write }
        // Tokens of an earlier bot of that name, should its removal have been cut short.
        return revokeTokens(of: .bot(bot.name), by: asked.caller, now: asked.now) + write
    }

    mutating func remove(_ name: BotName, _ asked: Asked) throws(Refusal) -> [IntakeEffect] {
        let key = "bot/\(name)"
        let call = asked.id("remove/\(key)")
        if let answer = finishedWrites[call] { return [.answer(asked.ticket, answer)] }
        guard let bot = facts.directory.bot(name) else {
            throw Refusal(.notFound, "There is no bot \"\(name)\". See them with `symflow bots list`.")
        }
        return revokeTokens(of: .bot(name), by: asked.caller, now: asked.now)
            + remove(key: key, .botRemoval(view(of: bot, tokens: 0)), call: call, asked)
    }
}
