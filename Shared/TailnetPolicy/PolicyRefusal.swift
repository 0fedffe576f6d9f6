/// Why a policy file, or a group in it, is left alone.
///
/// The sentences hold names of groups and places in the file, never any of its text.
public enum PolicyRefusal: Error, Hashable, Sendable {
    /// The file is larger than ``PolicyFile/sizeLimit``.
    case tooLarge(bytes: Int)
    /// The file is not UTF-8 text; the position is that of the first bad byte.
    case notUTF8(line: Int, column: Int)
    /// The file is not HuJSON.
    case notHuJSON(line: Int, column: Int, reason: String)
    /// The file holds something else than one object.
    case notAnObject
    /// There is no `groups` section, in whatever case.
    case groupsMissing
    /// The section that some readers take for `groups` has hyphens or underscores in its name.
    case groupsSpeltOtherwise
    /// There is more than one `groups` section; readers differ in which one counts.
    case duplicateGroupsSection
    /// The `groups` section is not an object.
    case groupsNotAnObject
    /// The name is not that of a group: `group:` and something after it.
    case notAGroupName(String)
    /// The group stands in the file not at all.
    case groupMissing(String)
    /// The group is not in the file, but one whose name differs in case only; rules compare names exactly.
    case groupSpeltOtherwise(String, inFile: String)
    /// The group stands in the file more than once, perhaps in different case.
    case duplicateGroup(String)
    /// The group is fed by an identity provider, `group:name@domain`, and cannot be changed in the file.
    case syncedGroup(String)
    /// The group is not a list.
    case groupNotAList(String)
    /// The group's list holds something that is not a string.
    case memberNotAString(String)
    /// The group's list holds another group, which the service does not allow.
    case nestedGroup(String)
    /// The login to add is not a plain login, so adding it could mean more than one person.
    case notALogin(group: String)
    /// The edit was made but could not be proven to change the wanted memberships only.
    case unproven(group: String?)

    /// The group the refusal is about; nil if it is about the whole file.
    public var group: String? {
        switch self {
        case .tooLarge, .notUTF8, .notHuJSON, .notAnObject, .groupsMissing, .groupsSpeltOtherwise,
            .duplicateGroupsSection, .groupsNotAnObject:
            nil
        case .notAGroupName(let group), .groupMissing(let group), .groupSpeltOtherwise(let group, _),
            .duplicateGroup(let group), .syncedGroup(let group),
            .groupNotAList(let group), .memberNotAString(let group), .nestedGroup(let group), .notALogin(let group):
            group
        case .unproven(let group): group
        }
    }
}

extension PolicyRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let bytes):
            "The policy file has \(bytes) bytes; more than \(PolicyFile.sizeLimit) are not edited."
        case .notUTF8(let line, let column):
            "The policy file is not UTF-8 text: line \(line), column \(column). Correct it in the admin console."
        case .notHuJSON(let line, let column, let reason):
            "The policy file does not parse: line \(line), column \(column): \(reason). Correct it in the admin console."
        case .notAnObject:
            "The policy file is not an object in braces. Correct it in the admin console."
        case .groupsMissing:
            "The policy file has no \"groups\" section. Add one with the group, empty, in the admin console."
        case .groupsSpeltOtherwise:
            "The policy file has a section that some readers take for \"groups\", though it is spelt with hyphens or "
                + "underscores. Call it \"groups\"."
        case .duplicateGroupsSection:
            "The policy file has more than one \"groups\" section, perhaps in different case. Join them into one."
        case .groupsNotAnObject:
            "The \"groups\" section of the policy file is not an object in braces. Correct it in the admin console."
        case .notAGroupName(let group):
            "\"\(group)\" is not the name of a group: it must be \"group:\" and a name."
        case .groupMissing(let group):
            "The policy file has no group \"\(group)\". Add it to the \"groups\" section, with an empty list."
        case .groupSpeltOtherwise(let group, let other):
            "The policy file has no group \"\(group)\", but \"\(other)\". Names of groups count exactly as they are spelt: "
                + "use that one."
        case .duplicateGroup(let group):
            "The policy file has the group \"\(group)\" more than once, perhaps in different case. Join them into one."
        case .syncedGroup(let group):
            "The group \"\(group)\" is synced from an identity provider and can only be changed there. Use a group of "
                + "the policy file."
        case .groupNotAList(let group):
            "The group \"\(group)\" is not a list in brackets. Correct it in the admin console."
        case .memberNotAString(let group):
            "The group \"\(group)\" has a member that is not a string. Correct it in the admin console."
        case .nestedGroup(let group):
            "The group \"\(group)\" holds another group, which Tailscale does not allow. List the people instead."
        case .notALogin(let group):
            "What is to be added to \"\(group)\" is not a login of one person, like ana@example.com or ana@github."
        case .unproven(let group):
            "The edit\(group.map { " of \"\($0)\"" } ?? "") could not be proven to change nothing else, so it was not "
                + "sent. Please report this, with the layout of the group's list."
        }
    }
}
