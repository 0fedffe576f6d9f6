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
        case .elements(let removing, _), .strings(let removing, _), .members(let removing, _):
            guard edit.change.isAppending else { return try remove(removing, from: source, range, to: &text) }
            if removing.isEmpty { return try append(to: source, text: &text) }
            // First what is new, then what goes: so a container that is emptied and filled at once keeps its style. What
            // others have edited stands before what is new, so it does not move.
            var longer: [UInt8] = []
            try append(to: source, text: &longer)
            try longer.withUnsafeBufferPointer { (longer) throws(HuJSONEditError) in
                try remove(removing, from: longer, 0..<longer.count, to: &text)
            }
        }
    }

    private func append(
        to source: UnsafeBufferPointer<UInt8>, text: inout [UInt8]
    ) throws(HuJSONEditError) {
        let container = try container(in: source, range)
        switch edit.change {
        case .replacement: break
        case .elements(_, let literals):
            let appending = try ContainerAppending(toArray: container, fallback: fallback, tail: tail)
            appending.write(literals, to: &text) { $1 += $0.bytes }
        case .strings(_, let strings):
            let appending = try ContainerAppending(toArray: container, fallback: fallback, tail: tail)
            appending.write(strings, to: &text) { StringLiteral.append($0, to: &$1) }
        case .members(let removing, let members):
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
