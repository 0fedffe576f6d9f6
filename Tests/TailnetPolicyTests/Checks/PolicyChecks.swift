import HuJSON
import TailnetPolicy

/// What must hold for every policy file and every change of membership: for the fuzzer and the replay of what it found.
public struct PolicyChecks {
    public struct Broken: Error, CustomStringConvertible {
        public let description: String
    }

    private let file: PolicyFile
    private let changes: [MembershipChange]
    private let groups: [String]

    /// Applies random changes to a text, whatever it is.
    ///
    /// - Returns: whether it is HuJSON.
    @discardableResult
    public static func check(_ text: [UInt8], _ random: inout some RandomNumberGenerator) throws -> Bool {
        guard let etag = ETag("v1") else { throw Broken(description: "no version") }
        let file = PolicyFile(text: text, etag: etag)
        guard let document = try? HuJSONDocument(text) else {
            guard (try? file.draft(applying: [])) == nil,
                (try? file.draft(applying: [.init(.add, "ana@example.com", in: "group:prod")])) == nil
            else { throw Broken(description: "a draft of a text that is none") }
            return false
        }
        let groups = groups(in: document).map(\.name)
        let logins = groups.flatMap { (try? file.members(of: $0)) ?? [] }
        let changes = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            MembershipChange(
                Bool.random(using: &random) ? .add : .remove,
                login(logins, &random), in: groups.randomElement(using: &random) ?? "group:prod")
        }
        try PolicyChecks(file: file, changes: changes, groups: groups).check()
        return true
    }

    private static func login(_ logins: [String], _ random: inout some RandomNumberGenerator) -> String {
        let known = logins.randomElement(using: &random)
        return switch Int.random(in: 0...5, using: &random) {
        case 0: known ?? "ana@example.com"
        case 1: known?.uppercased() ?? "ben@example.com"
        case 2: "Ana@Example.com"
        case 3: "cy\(Int.random(in: 0...9, using: &random))@example.com"
        default: "ben@example.com"
        }
    }

    /// The members of the first section of groups.
    private static func groups(in document: HuJSONDocument) -> [(name: String, value: HuJSONValue)] {
        let section = document.members(of: document.root)
            .first { document.name(of: $0).lowercased() == "groups" }?.value
        return section.map { document.members(of: $0) }?.map { (document.name(of: $0), $0.value) } ?? []
    }
}

extension PolicyChecks {
    private func hold(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        if !condition { throw Broken(description: "\(sentence()): \(changes)") }
    }

    private func check() throws {
        let draft: PolicyDraft?
        do {
            draft = try file.draft(applying: changes)
        } catch {
            if case .unproven = error { throw Broken(description: "the editor's own work is not proven: \(changes)") }
            return try hold(!error.description.isEmpty, "no reason")
        }
        guard let draft else { return try checkNothingToDo() }
        try hold(draft.base == file.etag && !draft.changes.isEmpty, "another version, or no change")
        let after = PolicyFile(text: draft.text, etag: file.etag)
        try checkMembers(of: after)
        try checkBytes(of: after)
        try checkRestoring(from: after, draft)
    }

    private func checkNothingToDo() throws {
        for change in lastOfEach {
            let isThere = try file.contains(change.login, in: change.group)
            try hold(isThere == (change.kind == .add), "something to do")
        }
    }

    /// Of changes that concern one login in one group the last counts.
    private var lastOfEach: [MembershipChange] {
        changes.enumerated().filter { index, change in
            !changes[(index + 1)...].contains {
                $0.group == change.group && $0.login.lowercased() == change.login.lowercased()
            }
        }.map(\.element)
    }

    private func checkMembers(of after: PolicyFile) throws {
        for group in Set(groups) {
            guard let old = try? file.members(of: group) else { continue }
            let new = try after.members(of: group)
            // How other letters are folded is tested elsewhere.
            guard old.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else { continue }
            var expected = old
            for change in lastOfEach where change.group == group {
                let login = change.login.lowercased()
                let isThere = old.contains { $0.lowercased() == login }
                if change.kind == .remove { expected.removeAll { $0.lowercased() == login } }
                if change.kind == .add, !isThere { expected.append(change.login) }
            }
            try hold(new == expected, "\(group) has other members")
        }
        for change in lastOfEach {
            try hold(
                after.contains(change.login, in: change.group) == (change.kind == .add), "a change was not made")
        }
    }

    /// All bytes that are in no list that changes are the same.
    private func checkBytes(of after: PolicyFile) throws {
        let (old, new) = (try HuJSONDocument(file.text), try HuJSONDocument(after.text))
        let (before, behind) = (Self.groups(in: old), Self.groups(in: new))
        try hold(before.map(\.name) == behind.map(\.name), "a group came or went")
        var (oldPosition, newPosition) = (0, 0)
        for (one, other) in zip(before, behind) where changes.contains(where: { $0.group == one.name }) {
            try hold(
                file.text[oldPosition..<one.value.range.lowerBound]
                    .elementsEqual(after.text[newPosition..<other.value.range.lowerBound]), "a byte changed")
            (oldPosition, newPosition) = (one.value.range.upperBound, other.value.range.upperBound)
        }
        try hold(file.text[oldPosition...].elementsEqual(after.text[newPosition...]), "a byte changed")
    }

    /// When all grants have ended the file is as it was.
    private func checkRestoring(from after: PolicyFile, _ draft: PolicyDraft) throws {
        guard draft.changes.allSatisfy({ $0.kind == .add }) else { return }
        let ending = draft.changes.map { MembershipChange(.remove, $0.login, in: $0.group) }
        try hold(after.draft(applying: ending)?.text == file.text, "not restored")
    }
}
