/// A policy file as simple as can be: who stands in its groups, and what is left of the text without our people.
///
/// It knows how `chaos.hujson` is laid out, no more. Made of a text only, without any code of the services.
struct PolicyGlance: Sendable, Equatable {
    struct Member: Sendable, Hashable, Comparable, CustomStringConvertible {
        let group: String
        let login: String

        var description: String { "\(login) in \(group)" }

        static func < (a: Member, b: Member) -> Bool { (a.group, a.login) < (b.group, b.login) }
    }

    /// Without those who stood there from the beginning.
    let members: Set<Member>
    /// Everything but the members of ours, their commas, and the space between members.
    let rest: String

    /// - Parameter standing: who stands in a group although nobody ever asked.
    init(_ text: String, groups: [String], standing: Set<Member>) {
        var members: Set<Member> = []
        var rest = text
        for group in groups {
            guard let start = rest.firstRange(of: "\"group:\(group)\": [")?.upperBound,
                let end = rest[start...].firstIndex(of: "]")
            else { continue }
            var kept = ""
            for (index, piece) in rest[start..<end].split(separator: "\"", omittingEmptySubsequences: false)
                .enumerated()
            {
                guard index % 2 == 1 else {
                    kept += piece.filter { !", \n\t".contains($0) }
                    continue
                }
                let member = Member(group: group, login: String(piece))
                if standing.contains(member) { kept += "\"\(piece)\"" } else { members.insert(member) }
            }
            rest.replaceSubrange(start..<end, with: kept)
        }
        self.members = members
        self.rest = rest
    }

    /// The text without the comments that others put at its top.
    static func withoutForeignComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("//") }.joined(
            separator: "\n")
    }

    /// The text without one member, whoever put it there.
    static func evicting(_ member: Member, from text: String) -> String {
        guard let start = text.firstRange(of: "\"group:\(member.group)\": [")?.upperBound,
            let end = text[start...].firstIndex(of: "]")
        else { return text }
        var list = String(text[start..<end])
        let login = "\"\(member.login)\""
        for spelling in [", \(login)", "\(login), ", login] where list.contains(login) {
            list = list.replacing(spelling, with: "")
        }
        return text.replacingCharacters(in: start..<end, with: list)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}
