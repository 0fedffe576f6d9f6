extension HuJSONDocument {
    /// Containers nested more deeply than this are left as they are by ``canonicalText()``: each level may indent every
    /// line in it once more, so without an end the text could grow with the square of its length.
    static let canonicalDepth = 128

    /// The text in the layout in which Tailscale stores a policy file.
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
        return writer.text + [Byte.lineFeed]
    }
}
