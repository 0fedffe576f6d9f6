/// Makes edits in the order they stand, copying what is between them.
///
/// Edits that have begun and not ended are on a stack of its own: only with edits inside each other there is more than
/// one, and only then is a container copied before it is edited.
///
/// It holds a pointer and lives only inside the closure that lends it.
struct Splicing {
    private let text: UnsafeBufferPointer<UInt8>
    private let edits: [HuJSONEdit]
    /// In the order they stand, of those that begin together the outer one first.
    private let order: [Place]
    private let index: ContainerIndex
    private var finder: LineStyleFinder
    private var outermost: Level
    private var open: [Open] = []
    private var splices: [HuJSONEditedText.Splice] = []

    /// A stretch of the old text that is being rewritten.
    fileprivate struct Level {
        var bytes: [UInt8] = []
        /// What of the old text is in `bytes` already.
        var position: Int
        /// Where in `bytes` edited values stand.
        var edited: [Range<Int>] = []
    }

    /// Where an edit is made, and which one.
    private struct Place {
        var range: Range<Int>
        var edit: Int
    }

    private struct Open {
        var place: Place
        var fallback: LineStyleFinder.Found
        var level: Level
    }

    init(_ text: UnsafeBufferPointer<UInt8>, _ index: ContainerIndex, _ edits: [HuJSONEdit]) {
        self.text = text
        self.index = index
        self.edits = edits
        order = edits.indices.map { Place(range: edits[$0].target.range, edit: $0) }.sorted { one, other in
            let (one, other) = (one.range, other.range)
            return (one.lowerBound, other.upperBound) < (other.lowerBound, one.upperBound)
        }
        finder = LineStyleFinder(text)
        outermost = Level(position: 0)
        outermost.bytes.reserveCapacity(text.count + edits.reduce(0) { $0 + $1.change.growth })
        splices.reserveCapacity(edits.count)
    }

    /// Makes all edits.
    mutating func run() throws(HuJSONEditError) -> HuJSONEditedText {
        for place in order { try open(place) }
        while !open.isEmpty { try close() }
        outermost.copy(text, upTo: text.count)
        return HuJSONEditedText(bytes: outermost.bytes, splices: splices)
    }

    private mutating func open(_ place: Place) throws(HuJSONEditError) {
        let range = place.range
        try checkKind(edits[place.edit])
        while let innermost = open.last?.place.range, innermost.upperBound <= range.lowerBound { try close() }
        if let outer = open.last?.place {
            guard outer.range != range, range.upperBound <= outer.range.upperBound else { throw .overlappingEdits }
            if case .replacement = edits[outer.edit].change { throw .overlappingEdits }
        }
        let isAppending = edits[place.edit].change.isAppending
        let fallback = isAppending ? finder.find(in: range.lowerBound) : LineStyleFinder.Found()
        open.append(Open(place: place, fallback: fallback, level: Level(position: range.lowerBound)))
    }

    private mutating func close() throws(HuJSONEditError) {
        guard var closing = open.popLast() else { return }
        let old = closing.place.range
        guard !closing.level.edited.isEmpty else {
            let value = EditedValue(
                edits[closing.place.edit], range: old, fallback: closing.fallback, edited: [], tail: index.tail(of: old)
            )
            return try write(value, from: text, at: old)
        }
        closing.level.copy(text, upTo: old.upperBound)
        let value = EditedValue(
            edits[closing.place.edit], range: 0..<closing.level.bytes.count, fallback: closing.fallback,
            edited: closing.level.edited, tail: nil)
        try closing.level.bytes.withUnsafeBufferPointer { (source) throws(HuJSONEditError) in
            try write(value, from: source, at: old)
        }
    }

    /// Writes what a value becomes into the text of the edit around it, or into that of all.
    private mutating func write(
        _ value: EditedValue, from source: UnsafeBufferPointer<UInt8>, at old: Range<Int>
    ) throws(HuJSONEditError) {
        if open.isEmpty {
            let new = try outermost.append(value, from: source, at: old, of: text)
            splices.append(.init(old: old, new: new))
        } else {
            let new = try open[open.count - 1].level.append(value, from: source, at: old, of: text)
            open[open.count - 1].level.edited.append(new)
        }
    }

    private func checkKind(_ edit: HuJSONEdit) throws(HuJSONEditError) {
        let isInText = edit.target.range.upperBound <= text.count
        switch edit.change {
        case .elements, .strings: guard isInText, edit.target.kind == .array else { throw .notAnArray }
        case .members: guard isInText, edit.target.kind == .object else { throw .notAnObject }
        case .replacement: guard isInText else { throw .notAValue }
        }
    }
}

extension Splicing.Level {
    /// Copies the old text up to a place.
    fileprivate mutating func copy(_ text: UnsafeBufferPointer<UInt8>, upTo end: Int) {
        bytes += text[position..<end]
        position = end
    }

    /// Copies the old text up to a value, and writes what the value becomes.
    ///
    /// - Returns: where it stands now.
    fileprivate mutating func append(
        _ value: EditedValue, from source: UnsafeBufferPointer<UInt8>, at old: Range<Int>,
        of text: UnsafeBufferPointer<UInt8>
    ) throws(HuJSONEditError) -> Range<Int> {
        copy(text, upTo: old.lowerBound)
        position = old.upperBound
        let start = bytes.count
        try value.write(from: source, to: &bytes)
        return start..<bytes.count
    }
}
