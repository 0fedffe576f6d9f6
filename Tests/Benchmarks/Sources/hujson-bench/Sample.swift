import Foundation
import HuJSON
import TailnetPolicy

/// One policy file, and what is done with it.
struct Sample {
    private static let login = "zoe.newcomer@example.com"
    /// Who is added to each of ten groups: a batch as it occurs, many people and few groups.
    private static let batch = (100..<110).map { "zoe.newcomer\($0)@example.com" }

    let text: [UInt8]
    /// Without comments and trailing commas, which Foundation does not read.
    let plainJSON: Data?
    /// A hundred groups, the same distance apart; the first of them is in the middle of the section.
    let groups: [String]

    init(path: String, forFoundation: Bool = true) throws {
        text = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        plainJSON = forFoundation ? Data(try PlainJSON.make(from: text)) : nil
        let document = try HuJSONDocument(text)
        let names = document.members(of: Self.groupsSection(of: document)).map(document.name)
        guard names.count >= 100 else { throw BenchError("\(path) has fewer than 100 groups.") }
        groups = (0..<100).map { names[(names.count / 2 + $0 * names.count / 100) % names.count] }
    }

    var megabytes: Double { Double(text.count) / 1e6 }

    /// The editor refuses files that are larger than the service takes.
    func admits(_ operation: Operation) -> Bool {
        text.count <= PolicyFile.sizeLimit || !Operation.proving.contains(operation)
    }

    func run(_ operation: Operation) throws {
        switch operation {
        case .check: try expect(HuJSONDocument(text).root.range.count > 0)
        case .edit: try expect(edited([groups[0]]).count > text.count)
        case .editHundred: try expect(edited(groups).count > text.count)
        case .editBatch: try expect(edited(Array(groups.prefix(10)), adding: Self.batch).count > text.count)
        case .prove: try expect(proven([groups[0]]).count > text.count)
        case .proveHundred: try expect(proven(groups).count > text.count)
        case .proveBatch: try expect(proven(Array(groups.prefix(10)), adding: Self.batch).count > text.count)
        case .copy:
            let copy = [UInt8](unsafeUninitializedCapacity: text.count) { buffer, count in
                text.withUnsafeBytes { source in
                    if let from = source.baseAddress, let to = buffer.baseAddress { memcpy(to, from, source.count) }
                }
                count = text.count
            }
            try expect(copy.last == text.last)
        case .foundation: try expect(JSONSerialization.jsonObject(with: plainJSON ?? Data()) is NSDictionary)
        }
    }

    /// From bytes to bytes, with HuJSON alone.
    func edited(_ names: [String], adding logins: [String] = [login]) throws -> [UInt8] {
        let document = try HuJSONDocument(text)
        let section = Self.groupsSection(of: document)
        let found: [HuJSONMember]
        if let only = names.first, names.count == 1 {
            let name = Array(only.utf8)
            found = document.members(of: section).filter { document.name(of: $0, hasBytes: name) }
        } else {
            found = document.firstMembers(of: section, named: names).compactMap { $0 }
        }
        try expect(found.count == names.count)
        let edits = found.map { HuJSONArrayEdit(array: $0.value, appending: logins) }
        return try document.edited(edits).bytes
    }

    /// As the service does it: the new text is read again and compared with the old one.
    func proven(_ names: [String], adding logins: [String] = [login]) throws -> [UInt8] {
        guard let etag = ETag("\"1\"") else { throw BenchError("No version.") }
        var changes: [MembershipChange] = []
        changes.reserveCapacity(names.count * logins.count)
        for name in names {
            for login in logins { changes.append(MembershipChange(.add, login, in: name)) }
        }
        return try PolicyFile(text: text, etag: etag).draft(applying: changes)?.text ?? []
    }

    private static func groupsSection(of document: HuJSONDocument) -> HuJSONValue {
        document.members(of: document.root)
            .first { document.name(of: $0, hasBytes: Array("groups".utf8), ignoringASCIICase: true) }?
            .value ?? document.root
    }

    private func expect(_ holds: Bool) throws {
        guard holds else { throw BenchError("The outcome is not what it should be.") }
    }
}

struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
