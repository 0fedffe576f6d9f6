/// Makes edits in the order they stand, copying what is between them.
///
/// Edits that have begun and not ended are on a stack of its own: only with edits inside each other there is more than
/// one, and only then is a container copied before it is edited.
struct Splicing {
    private let text: [UInt8]
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

    private struct Open {
        var edit: HuJSONEdit
        var fallback: LineStyleFinder.Found
        var level: Level
    }

    init(_ text: [UInt8], growth: Int) {
        self.text = text
        finder = LineStyleFinder(text)
        outermost = Level(position: 0)
        outermost.bytes.reserveCapacity(text.count + growth)
    }

    /// Begins an edit. It must not stand before any that was begun earlier.
    mutating func open(_ edit: HuJSONEdit) throws(HuJSONEditError) {
        let range = edit.target.range
        try checkKind(edit)
        while let last = open.last, last.edit.target.range.upperBound <= range.lowerBound { try close() }
        if let around = open.last {
            let outer = around.edit.target.range
            guard outer != range, range.upperBound <= outer.upperBound else { throw .overlappingEdits }
            if case .replacement = around.edit.change { throw .overlappingEdits }
        }
        let fallback = edit.change.isAppending ? finder.find(in: range.lowerBound) : LineStyleFinder.Found()
        open.append(Open(edit: edit, fallback: fallback, level: Level(position: range.lowerBound)))
    }

    /// Ends all edits.
    mutating func finish() throws(HuJSONEditError) -> HuJSONEditedText {
        while !open.isEmpty { try close() }
        outermost.bytes += text[outermost.position...]
        return HuJSONEditedText(bytes: outermost.bytes, splices: splices)
    }

    private mutating func close() throws(HuJSONEditError) {
        guard var closing = open.popLast() else { return }
        let old = closing.edit.target.range
        let value: EditedValue
        if closing.level.edited.isEmpty {
            value = EditedValue(closing.edit, range: old, fallback: closing.fallback, edited: [])
        } else {
            closing.level.bytes += text[closing.level.position..<old.upperBound]
            value = EditedValue(
                closing.edit, range: 0..<closing.level.bytes.count, fallback: closing.fallback,
                edited: closing.level.edited)
        }
        let source = closing.level.edited.isEmpty ? text : closing.level.bytes
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
        case .elements: guard isInText, edit.target.kind == .array else { throw .notAnArray }
        case .members: guard isInText, edit.target.kind == .object else { throw .notAnObject }
        case .replacement: guard isInText else { throw .notAValue }
        }
    }
}

extension Splicing.Level {
    /// Copies the old text up to a value, and writes what the value becomes.
    ///
    /// - Returns: where it stands now.
    fileprivate mutating func append(
        _ value: EditedValue, from source: [UInt8], at old: Range<Int>, of text: [UInt8]
    ) throws(HuJSONEditError) -> Range<Int> {
        bytes += text[position..<old.lowerBound]
        position = old.upperBound
        let start = bytes.count
        try value.write(from: source, to: &bytes)
        return start..<bytes.count
    }
}

extension HuJSONEdit.Change {
    fileprivate var isAppending: Bool {
        switch self {
        case .elements(_, let literals): !literals.isEmpty
        case .members(_, let members): !members.isEmpty
        case .replacement: false
        }
    }
}
