/// What to change in one array.
public struct HuJSONArrayEdit: Hashable, Sendable {
    /// The array, of the document that is edited.
    public var array: HuJSONValue
    /// The positions of the elements to take out, with the comments that speak of them.
    public var removing: Set<Int>
    /// The strings to add at the end, in the array's own style.
    public var appending: [String]

    public init(array: HuJSONValue, removing: Set<Int> = [], appending: [String] = []) {
        self.array = array
        self.removing = removing
        self.appending = appending
    }
}

/// The text after an edit, and which parts of it are new.
public struct HuJSONEditedText: Hashable, Sendable {
    /// An array that was edited: where it stood and where it stands now, brackets included.
    public struct Splice: Hashable, Sendable {
        public let old: Range<Int>
        public let new: Range<Int>
    }

    /// The text. Nobody has checked it yet: parse it before you trust it.
    public let bytes: [UInt8]
    /// The edited arrays in the order they stand; all bytes outside of them are those of the old text.
    public let splices: [Splice]
}

/// Why an edit cannot be made.
public enum HuJSONEditError: Error, Hashable, Sendable {
    /// The value to edit is not an array of this document.
    case notAnArray
    /// The array has no element at this position.
    case noSuchElement(Int)
    /// Two edits concern the same array, or one inside the other.
    case overlappingEdits
}

extension HuJSONDocument {
    /// The text with all edits made, in one pass. All bytes outside the edited arrays stay as they are.
    ///
    /// An array's own style goes on: in one line or one element per line, indentation, trailing comma, line breaks. An
    /// array that is left with nothing, not even a comment, becomes `[]`. What is added at the end and taken out again
    /// leaves the text as it was.
    public func edited(_ edits: [HuJSONArrayEdit]) throws(HuJSONEditError) -> HuJSONEditedText {
        let ordered = edits.sorted { $0.array.range.lowerBound < $1.array.range.lowerBound }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.appending.reduce(0) { $0 + $1.utf8.count + 32 } })
        var splices: [HuJSONEditedText.Splice] = []
        var position = 0
        for edit in ordered {
            let old = edit.array.range
            guard edit.array.kind == .array, old.upperBound <= bytes.count else { throw .notAnArray }
            guard old.lowerBound >= position else { throw .overlappingEdits }
            text += bytes[position..<old.lowerBound]
            let array = try edited(edit)
            splices.append(.init(old: old, new: text.count..<text.count + array.count))
            text += array
            position = old.upperBound
        }
        text += bytes[position...]
        return HuJSONEditedText(bytes: text, splices: splices)
    }

    private func edited(_ edit: HuJSONArrayEdit) throws(HuJSONEditError) -> [UInt8] {
        let range = edit.array.range
        var array = Array(bytes[range])
        // First what is new, then what goes: so an array that is emptied and filled at once keeps its style.
        if !edit.appending.isEmpty {
            let literals = edit.appending.map(StringLiteral.encode)
            array = try layout(of: array) { layout in
                layout.appending(literals, fallback: lineStyle(at: range.lowerBound))
            }
        }
        if !edit.removing.isEmpty {
            array = try layout(of: array) { (layout) throws(HuJSONEditError) in
                if let missing = edit.removing.first(where: { !layout.elements.indices.contains($0) }) {
                    throw .noSuchElement(missing)
                }
                return layout.removing(edit.removing)
            }
        }
        return array
    }

    private func layout(
        of array: [UInt8], _ body: (ArrayLayout) throws(HuJSONEditError) -> [UInt8]
    ) throws(HuJSONEditError) -> [UInt8] {
        try array.withUnsafeBufferPointer { (buffer) throws(HuJSONEditError) in
            let layout: ArrayLayout
            do {
                layout = try ArrayLayout(0..<buffer.count, Scanner(buffer, depthLimit: .max))
            } catch {
                throw .notAnArray
            }
            return try body(layout)
        }
    }

    /// How lines break here, and how what stands in the array that starts here is indented, where the array itself does
    /// not show it.
    private func lineStyle(at offset: Int) -> LineStyle {
        var lineStart = offset
        while lineStart > 0, bytes[lineStart - 1] != Byte.lineFeed { lineStart -= 1 }
        let indent = Array(bytes[lineStart...].prefix { $0 == Byte.space || $0 == Byte.tab })
        let isCRLF = bytes.firstIndex(of: Byte.lineFeed).map { $0 > 0 && bytes[$0 - 1] == Byte.carriageReturn } ?? false
        return LineStyle(
            lineBreak: isCRLF ? [Byte.carriageReturn, Byte.lineFeed] : [Byte.lineFeed],
            indent: indent + (indent.contains(Byte.tab) ? [Byte.tab] : [Byte.space, Byte.space]))
    }
}
