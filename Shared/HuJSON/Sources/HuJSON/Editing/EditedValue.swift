/// One value and what it becomes.
struct EditedValue {
    private let edit: HuJSONEdit
    private let range: Range<Int>
    private let fallback: LineStyleFinder.Found
    private let edited: [Range<Int>]

    /// - Parameters:
    ///   - range: where the value stands in the text it is read from.
    ///   - fallback: how lines are begun where the value does not show it.
    ///   - edited: where in that text values stand that other edits have changed, so that this one must not take them
    ///     out.
    init(_ edit: HuJSONEdit, range: Range<Int>, fallback: LineStyleFinder.Found, edited: [Range<Int>]) {
        self.edit = edit
        self.range = range
        self.fallback = fallback
        self.edited = edited
    }

    /// Writes what it becomes to the end of `text`.
    func write(from source: [UInt8], to text: inout [UInt8]) throws(HuJSONEditError) {
        switch edit.change {
        case .replacement(let literal):
            guard isValue(in: source) else { throw .notAValue }
            text += literal.bytes
        case .elements(let removing, let literals):
            try write(
                from: source, removing: removing, appending: literals.isEmpty ? nil : .elements(literals), to: &text)
        case .members(let removing, let members):
            try write(from: source, removing: removing, appending: members.isEmpty ? nil : .members(members), to: &text)
        }
    }

    private enum New {
        case elements([HuJSONLiteral])
        case members([HuJSONNewMember])
    }

    private func write(
        from source: [UInt8], removing: Set<Int>, appending: New?, to text: inout [UInt8]
    ) throws(HuJSONEditError) {
        guard let appending else {
            return try remove(removing, from: source, range, to: &text)
        }
        if removing.isEmpty {
            return try append(appending, to: source, removing: [], text: &text)
        }
        // First what is new, then what goes: so a container that is emptied and filled at once keeps its style. What
        // others have edited stands before what is new, so it does not move.
        var longer: [UInt8] = []
        try append(appending, to: source, removing: removing, text: &longer)
        try remove(removing, from: longer, 0..<longer.count, to: &text)
    }

    private func append(
        _ new: New, to source: [UInt8], removing: Set<Int>, text: inout [UInt8]
    ) throws(HuJSONEditError) {
        try container(in: source, range) { (container) throws(HuJSONEditError) in
            switch new {
            case .elements(let literals):
                let appending = try ContainerAppending(to: container, fallback: fallback) { _, _ in }
                appending.write(literals.lazy.map(\.bytes), to: &text)
            case .members(let members):
                var names = try NewNames(members)
                let appending = try ContainerAppending(to: container, fallback: fallback) {
                    (position, name) throws(HuJSONEditError) in
                    if let name, !removing.contains(position) { try names.check(container.bytes[name]) }
                }
                let colon = appending.colon
                appending.write(members.map { StringLiteral.encode($0.name) + colon + $0.value.bytes }, to: &text)
            }
        }
    }

    private func remove(
        _ positions: Set<Int>, from source: [UInt8], _ range: Range<Int>, to text: inout [UInt8]
    ) throws(HuJSONEditError) {
        let moved = edited.map { $0.lowerBound - self.range.lowerBound + range.lowerBound }
        let untouchable = zip(moved, edited).map { $0..<$0 + $1.count }
        try container(in: source, range) { (container) throws(HuJSONEditError) in
            var removing = ContainerRemoving(positions, from: container, sparing: untouchable)
            try removing.write(to: &text)
        }
    }

    private func container(
        in source: [UInt8], _ range: Range<Int>, _ body: (Container) throws(HuJSONEditError) -> Void
    ) throws(HuJSONEditError) {
        try source.withUnsafeBufferPointer { (buffer) throws(HuJSONEditError) in
            let container: Container
            do {
                container = try Container(range, in: buffer)
            } catch {
                throw edit.target.kind == .object ? .notAnObject : .notAnArray
            }
            guard container.isObject == (edit.target.kind == .object) else {
                throw container.isObject ? .notAnArray : .notAnObject
            }
            try body(container)
        }
    }

    private func isValue(in source: [UInt8]) -> Bool {
        source.withUnsafeBufferPointer { buffer in
            guard
                let scanner = try? Scanner(UnsafeBufferPointer(rebasing: buffer[..<range.upperBound]), depthLimit: .max)
            else { return false }
            return (try? scanner.value(from: range.lowerBound)) == HuJSONValue(kind: edit.target.kind, range: range)
        }
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
