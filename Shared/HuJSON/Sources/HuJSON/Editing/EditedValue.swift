/// One value and what it becomes.
struct EditedValue {
    private let edit: HuJSONEdit
    private let range: Range<Int>
    private let fallback: LineStyleFinder.Found
    private let edited: [Range<Int>]
    private let tail: Int?

    /// - Parameters:
    ///   - range: where the value stands in the text it is read from.
    ///   - fallback: how lines are begun where the value does not show it.
    ///   - edited: where in that text values stand that other edits have changed, so that this one must not take them
    ///     out.
    ///   - tail: where its last element but one ends, if that is known.
    init(
        _ edit: HuJSONEdit, range: Range<Int>, fallback: LineStyleFinder.Found, edited: [Range<Int>], tail: Int?
    ) {
        self.edit = edit
        self.range = range
        self.fallback = fallback
        self.edited = edited
        self.tail = tail
    }

    /// Writes what it becomes to the end of `text`.
    func write(from source: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) throws(HuJSONEditError) {
        switch edit.change {
        case .replacement(let literal):
            guard isValue(in: source) else { throw .notAValue }
            text += literal.bytes
        case .elements(let removing, let literals):
            try write(removing, literals, toArrayIn: source, &text) { $1 += $0.bytes }
        case .strings(let removing, let strings):
            try write(removing, strings, toArrayIn: source, &text) { StringLiteral.append($0, to: &$1) }
        case .members(let removing, let members):
            guard !members.isEmpty else { return try remove(removing, from: source, range, to: &text) }
            guard !removing.isEmpty else { return try append(members, toObjectIn: source, without: [], &text) }
            var longer: [UInt8] = []
            try append(members, toObjectIn: source, without: removing, &longer)
            try remove(removing, fromLonger: longer, to: &text)
        }
    }

    private func write<New>(
        _ removing: Set<Int>, _ new: [New], toArrayIn source: UnsafeBufferPointer<UInt8>, _ text: inout [UInt8],
        by write: (New, inout [UInt8]) -> Void
    ) throws(HuJSONEditError) {
        guard !new.isEmpty else { return try remove(removing, from: source, range, to: &text) }
        guard !removing.isEmpty else { return try append(new, toArrayIn: source, &text, by: write) }
        var longer: [UInt8] = []
        try append(new, toArrayIn: source, &longer, by: write)
        try remove(removing, fromLonger: longer, to: &text)
    }

    private func append<New>(
        _ new: [New], toArrayIn source: UnsafeBufferPointer<UInt8>, _ text: inout [UInt8],
        by write: (New, inout [UInt8]) -> Void
    ) throws(HuJSONEditError) {
        let container = try container(in: source, range)
        let appending = try ContainerAppending(toArray: container, fallback: fallback, tail: tail)
        appending.write(new, to: &text, by: write)
    }

    private func append(
        _ members: [HuJSONNewMember], toObjectIn source: UnsafeBufferPointer<UInt8>, without removing: Set<Int>,
        _ text: inout [UInt8]
    ) throws(HuJSONEditError) {
        let container = try container(in: source, range)
        var names = try NewNames(members)
        let appending = try ContainerAppending(toObject: container, fallback: fallback) {
            (position, name) throws(HuJSONEditError) in
            if let name, !removing.contains(position) { try names.check(container.bytes[name]) }
        }
        let colon = appending.colon
        appending.write(members, to: &text) { member, text in
            StringLiteral.append(member.name, to: &text)
            text += colon
            text += member.value.bytes
        }
    }

    /// What goes is taken out after what is new came in: so a container that is emptied and filled at once keeps its
    /// style. What others have edited stands before what is new, so it does not move.
    private func remove(
        _ positions: Set<Int>, fromLonger longer: [UInt8], to text: inout [UInt8]
    ) throws(HuJSONEditError) {
        try longer.withUnsafeBufferPointer { (longer) throws(HuJSONEditError) in
            try remove(positions, from: longer, 0..<longer.count, to: &text)
        }
    }

    private func remove(
        _ positions: Set<Int>, from source: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, to text: inout [UInt8]
    ) throws(HuJSONEditError) {
        let moved = edited.map { $0.lowerBound - self.range.lowerBound + range.lowerBound }
        let untouchable = zip(moved, edited).map { $0..<$0 + $1.count }
        var removing = ContainerRemoving(positions, from: try container(in: source, range), sparing: untouchable)
        try removing.write(to: &text)
    }

    private func container(
        in source: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(HuJSONEditError) -> Container {
        let container: Container
        do {
            container = try Container(range, in: source)
        } catch {
            throw edit.target.kind == .object ? .notAnObject : .notAnArray
        }
        guard container.isObject == (edit.target.kind == .object) else {
            throw container.isObject ? .notAnArray : .notAnObject
        }
        return container
    }

    private func isValue(in source: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let scanner = try? Scanner(UnsafeBufferPointer(rebasing: source[..<range.upperBound]), depthLimit: .max)
        else { return false }
        return (try? scanner.value(from: range.lowerBound)) == HuJSONValue(kind: edit.target.kind, range: range)
    }
}

/// The names of members to be added, none of which may be there already.
private struct NewNames {
    private var names: Set<[UInt8]> = []

    init(_ members: [HuJSONNewMember]) throws(HuJSONEditError) {
        for member in members where !names.insert(Array(member.name.utf8)).inserted {
            throw .nameTaken(member.name)
        }
    }

    mutating func check(_ literal: Slice<UnsafeBufferPointer<UInt8>>) throws(HuJSONEditError) {
        let name = StringLiteral.decode(literal)
        if names.contains(Array(name.utf8)) { throw .nameTaken(name) }
    }
}
