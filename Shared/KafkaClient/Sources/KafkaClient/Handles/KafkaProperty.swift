import CRDKafka

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A property as librdkafka's own list has it, so that none of ours can fall behind.
struct KafkaProperty {
    let name: String
    /// The property this is another name of.
    let alias: String?
    /// Whether its value is a text; otherwise it is a function or a pointer, which only a program can give.
    let takesText: Bool

    /// In alphabetical order. The undocumented ones, which are for librdkafka's own tests, are not among them.
    static let all: [KafkaProperty] = byName.values.sorted { $0.name < $1.name }

    static func named(_ name: String) -> KafkaProperty? { byName[name] }

    /// The one name that all names of a property stand for.
    static func canonicalName(of name: String) -> String { byName[name]?.alias ?? name }

    /// librdkafka has a dump of the values too, but it leaves out what has no value: most of TLS and SASL.
    private static let byName: [String: KafkaProperty] = {
        let properties = description().split(separator: "\n").compactMap(KafkaProperty.init(row:))
        // A client's property comes before a topic's of the same name, and is the one that is set.
        return Dictionary(properties.map { ($0.name, $0) }) { first, _ in first }
    }()

    /// A row of a Markdown table: the name, whom it is for, range, default, importance, description.
    private init?(row: Substring) {
        guard let bar = row.firstIndex(of: "|") else { return nil }
        let name = row[..<bar].prefix { $0 != " " }
        guard let first = name.first, first.isLowercase else { return nil }
        self.name = String(name)
        takesText = !row.contains("*Type: see dedicated API*")
        alias = row.firstRange(of: "Alias for `").map { String(row[$0.upperBound...].prefix { $0 != "`" }) }
    }

    private static func description() -> String {
        // librdkafka writes the list to a file only; this one is in memory.
        let text = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: 1)
        let size = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        text.initialize(to: nil)
        size.initialize(to: 0)
        defer {
            free(text.pointee)
            text.deallocate()
            size.deallocate()
        }
        guard let file = open_memstream(text, size) else { return "" }
        rd_kafka_conf_properties_show(file)
        fclose(file)
        return text.pointee.map { String(cString: $0) } ?? ""
    }
}
