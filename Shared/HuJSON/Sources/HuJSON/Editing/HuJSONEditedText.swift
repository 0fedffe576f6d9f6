/// The text after an edit, and which parts of it are new.
public struct HuJSONEditedText: Hashable, Sendable {
    /// A value that was edited: where it stood and where it stands now, brackets included.
    public struct Splice: Hashable, Sendable {
        public let old: Range<Int>
        public let new: Range<Int>
    }

    /// The text. Nobody has checked it yet: parse it before you trust it.
    public let bytes: [UInt8]
    /// The edited values in the order they stand; all bytes outside of them are those of the old text. Of edits inside
    /// each other it is the outermost.
    public let splices: [Splice]
}

extension HuJSONDocument {
    /// The text with all edits made, in one pass and in whatever order they are given. All bytes outside of the edited
    /// values stay as they are.
    ///
    /// A container's own style goes on: in one line or one element per line, indentation, trailing comma, line breaks.
    /// Comments stay with what they belong to. A container that is left with nothing, not even a comment, becomes `[]`
    /// or `{}`. What is added at the end and taken out again leaves the text as it was. The rules are in the package's
    /// README.
    ///
    /// An edit may be inside a value that another one edits, if it stays there.
    ///
    /// - Complexity: O(size of the text), plus the size of an edited container for each other one it is inside of.
    /// - Throws: what is wrong with the edits; then none is made.
    public func edited(_ edits: [HuJSONEdit]) throws(HuJSONEditError) -> HuJSONEditedText {
        try bytes.withUnsafeBufferPointer { (text) throws(HuJSONEditError) in
            var splicing = Splicing(text, index, edits)
            return try splicing.run()
        }
    }
}
