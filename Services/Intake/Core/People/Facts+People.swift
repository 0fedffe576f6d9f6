import SymConfiguration
import SymMessages

extension Facts {
    /// Whether somebody may see and change people, groups, bots and tokens; `nil`: they may. That is administrators.
    func mayAdminister(_ caller: Caller) -> Refusal? {
        if let person = caller.person, directory.admins.contains(person) { return nil }
        return Refusal(.forbidden, "People, groups, bots and tokens are for administrators.")
    }

    /// Whether somebody may say who is in a group of the directory; `nil`: they may. That is administrators, and bots
    /// whose entry names the group.
    func mayPutMembers(of group: ResourceName, _ caller: Caller) -> Refusal? {
        guard case .bot(let name) = caller else { return mayAdminister(caller) }
        if let bot = directory.bot(name), bot.groups.contains(group) { return nil }
        return Refusal(
            .forbidden,
            "The bot \"\(name)\" may not put the members of \"\(group)\": the bot's entry in the directory does not list "
                + "it among its groups.")
    }

    /// Every `sym_group` of the configuration in force, by name.
    var groups: [Configuration.PersonGroup] {
        (history.current?.configuration.groups.values).map(Array.init)?.sorted { $0.name < $1.name } ?? []
    }

    func group(_ name: ResourceName) throws(Refusal) -> Configuration.PersonGroup {
        if let group = try configuration().configuration.groups[name] { return group }
        let hint = NearestName.suggestion(for: name.rawValue, among: groups.map(\.name.rawValue))
        throw Refusal(.notFound, "There is no sym_group \"\(name)\" in the configuration\(hint).")
    }

    /// A group whose members are kept in the directory.
    func directoryGroup(_ name: ResourceName) throws(Refusal) -> Configuration.PersonGroup {
        let group = try group(name)
        guard case .directory = group.source else {
            throw Refusal(
                .conflict,
                "The members of \"\(name)\" stand in the configuration. Change them there, or give the group "
                    + "source: directory.")
        }
        return group
    }
}
