/// The members of one object by name, as a decoder's options tell names apart.
struct MemberNames {
    /// A name as it is decoded, and the entry of its value.
    struct Member {
        let name: String
        let value: Int
    }

    struct Duplicate: Error {
        let name: String
        /// The entry of the second of the two names.
        let entry: Int
    }

    /// In the order they stand, each name once.
    private(set) var members: [Member] = []
    private var places: [String: Int] = [:]
    private let isFolding: Bool

    /// - Parameters:
    ///   - isMap: the names are data, as in a dictionary, and are taken as they are.
    init(
        of object: Int, in outline: Outline, options: HuJSONDecoder, isMap: Bool, name: (Int) -> String
    ) throws(Duplicate) {
        isFolding = options.matchesNamesInAnyCase && !isMap
        let end = outline.next(after: object)
        var entry = object + 1
        while entry < end {
            var name = name(entry)
            if !isMap, options.keyDecodingStrategy == .convertFromSnakeCase { name = SnakeCase.camelCase(name) }
            let member = Member(name: name, value: entry + 1)
            let place = places[folded(name), default: members.count]
            if place == members.count {
                places[folded(name)] = place
                members.append(member)
            } else {
                switch options.duplicateNames {
                case .refuse: throw Duplicate(name: name, entry: entry)
                case .first: break
                case .last: members[place] = member
                }
            }
            entry = outline.next(after: entry + 1)
        }
    }

    /// The entry of the value with this name.
    func value(named name: String) -> Int? {
        places[folded(name)].map { members[$0].value }
    }

    private func folded(_ name: String) -> String { isFolding ? NameFolding.fold(name) : name }
}

/// Names told apart without regard to case.
enum NameFolding {
    /// Scalar by scalar, upper case and then lower, so that the few letters with two lower-case forms meet; a letter that
    /// is more than one in the other case is left as it is.
    static func fold(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
        var folded = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let upper = only(scalar.properties.uppercaseMapping) ?? scalar
            folded.append(only(upper.properties.lowercaseMapping) ?? upper)
        }
        return String(folded)
    }

    private static func only(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
}

/// `snake_case` names.
enum SnakeCase {
    /// `snakeCase`. Underscores at both ends stay, and a name without any between words is left as it is.
    static func camelCase(_ name: String) -> String {
        let trailing = name.reversed().prefix { $0 == "_" }.count
        let leading = name.prefix { $0 == "_" }.count
        guard leading < name.count else { return name }
        let words = name.dropFirst(leading).dropLast(trailing).split(separator: "_")
        guard words.count > 1, let first = words.first else { return name }
        let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        return String(repeating: "_", count: leading) + first.lowercased() + rest.joined()
            + String(repeating: "_", count: trailing)
    }
}
