import SymMessages

/// Compares two values attribute by attribute.
///
/// Lists of named things are matched by name, lists of distinct texts by the text, other lists by position. The time and
/// the result stay linear in what is compared: what lies very deep is compared as one.
struct AttributeDifference {
    /// Bytes of a path below which values are compared as one.
    static let longestPath = 256

    private(set) var changes: [AttributeChange] = []

    init(from before: JSONValue, to after: JSONValue) { compare(before, after, at: "") }

    private mutating func compare(_ before: JSONValue, _ after: JSONValue, at path: String) {
        guard path.utf8.count <= Self.longestPath else {
            if before != after { report(before, after, at: path) }
            return
        }
        switch (before, after) {
        case (.object(let old), .object(let new)):
            for key in Set(old.keys).union(new.keys).sorted() {
                compareMembers(old[key], new[key], at: Self.path(path, key))
            }
        case (.array(let old), .array(let new)): compare(old, new, at: path)
        default: if before != after { report(before, after, at: path) }
        }
    }

    private mutating func compareMembers(_ before: JSONValue?, _ after: JSONValue?, at path: String) {
        if let before, let after {
            compare(before, after, at: path)
        } else {
            report(before, after, at: path)
        }
    }

    private mutating func compare(_ old: [JSONValue], _ new: [JSONValue], at path: String) {
        guard let oldNames = Self.names(of: old), let newNames = Self.names(of: new),
            oldNames.isNamed == newNames.isNamed || old.isEmpty || new.isEmpty
        else {
            for index in 0..<max(old.count, new.count) {
                compareMembers(
                    index < old.count ? old[index] : nil, index < new.count ? new[index] : nil, at: "\(path)[\(index)]")
            }
            return
        }
        let olds = Dictionary(uniqueKeysWithValues: zip(oldNames.list, old))
        let news = Dictionary(uniqueKeysWithValues: zip(newNames.list, new))
        for name in newNames.list + oldNames.list.filter({ news[$0] == nil }) {
            compareMembers(olds[name], news[name], at: "\(path)[\(PlanText.quoted(name))]")
        }
        let oldOrder = oldNames.list.filter { news[$0] != nil }
        let newOrder = newNames.list.filter { olds[$0] != nil }
        // Where a rule is put in decides what it is reached for; where a text is, does not.
        let isPutBetween = newNames.isNamed && Array(newNames.list.prefix(newOrder.count)) != newOrder
        if oldOrder != newOrder || isPutBetween {
            report(
                .array(oldNames.list.map { .string($0) }), .array(newNames.list.map { .string($0) }),
                at: "\(path).order")
        }
    }

    private mutating func report(_ before: JSONValue?, _ after: JSONValue?, at path: String) {
        changes.append(AttributeChange(path: path, before: before, after: after))
    }

    /// What the elements of a list are known by; `nil` if they have no such thing, or two have the same.
    private static func names(of list: [JSONValue]) -> (list: [String], isNamed: Bool)? {
        let named = list.compactMap { element in
            if case .string(let name)? = element["name"] { name } else { nil }
        }
        let texts = list.compactMap { element in
            if case .string(let text) = element { text } else { nil }
        }
        let names = named.count == list.count ? named : texts
        guard names.count == list.count, Set(names).count == names.count else { return nil }
        return (names, named.count == list.count)
    }

    private static func path(_ path: String, _ key: String) -> String {
        guard ResourceName(rawValue: key) != nil else { return "\(path)[\(PlanText.quoted(key))]" }
        return path.isEmpty ? key : "\(path).\(key)"
    }
}
