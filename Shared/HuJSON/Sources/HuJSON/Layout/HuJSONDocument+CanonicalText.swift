extension HuJSONDocument {
    /// How deep containers may be nested to be laid out, and how long a name with its comments may be for its neighbours'
    /// values to be aligned with its own. Both multiply the length of a text by that much at worst.
    static let canonicalDepth = 128
    static let canonicalAlignment = 256

    /// The text in the layout in which Tailscale stores a policy file: indented with tabs; each object and array on one
    /// line or with each value on a line of its own, which it has if a line break stood before one of its values or the
    /// line would be too long; the values of neighbouring members aligned; strings without needless escapes; no more than
    /// one blank line, one line break at the end; comments where they were, and trailing commas only if the text has
    /// comments or trailing commas already.
    ///
    /// This is how Tailscale's own formatter did it in December 2022. Take it as a hint at what a text will look like once
    /// it is stored: the service may do it differently by now, so nothing that must be right may rest on it.
    ///
    /// The value stays the same, and so do the comments and their order; laying the result out again changes nothing.
    /// Two things are left as they are, because they could make a small text very large: containers more than 128 levels
    /// deep, and the alignment with names longer than 256 bytes. Memory is some 200 bytes for each value of the text.
    public func canonicalText() -> [UInt8] {
        var reader = LayoutReader(bytes)
        var before = reader.spacing()
        var value = reader.value()
        var after = reader.spacing()
        _ = value.arrange()

        var writer = LayoutWriter(addsTrailingCommas: !reader.isStandard)
        before.begin { _ in 0 }
        after.lineBreaks = 0
        writer.write(before, indent: 0)
        writer.write(value, indent: 0)
        writer.write(after, indent: 0, endsInSpace: false)
        writer.endText()
        return writer.text
    }
}
