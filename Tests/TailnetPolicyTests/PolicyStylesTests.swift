import Foundation
import TailnetPolicy
import Testing

/// Files as people and programs write them, each with what one grant and one end make of it. `SYM_WRITE_FIXTURES=1` writes
/// down what is made now, to be read before it is committed.
@Suite("P4 only our bytes change: files as they are written")
struct PolicyStylesTests {
    static let names: [String] = {
        let folder = Bundle.module.url(forResource: "Fixtures/styles", withExtension: nil)
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder?.path ?? "")
        return (files ?? []).filter { !$0.contains(".after-") }.sorted()
    }()

    @Test("there are many")
    func many() {
        #expect(Self.names.count >= 12)
    }

    @Test("ana is added to group:prod, and taken out again", arguments: names)
    func added(name: String) throws {
        let before = try Self.file(name)
        let added = try #require(try before.draft(applying: [.add("ana@example.com")]))
        try Self.compare(added.text, with: "\(name).after-add")
        let restored = try PolicyFile(added.text).draft(applying: [.remove("Ana@Example.com")])
        #expect(restored?.text == before.text)
    }

    @Test("ben is taken out of group:prod", arguments: names)
    func removed(name: String) throws {
        let before = try Self.file(name)
        let removed = try #require(try before.draft(applying: [.remove("ben@example.com")]))
        try Self.compare(removed.text, with: "\(name).after-remove")
        let remaining = try before.members(of: "group:prod").filter { $0.lowercased() != "ben@example.com" }
        #expect(try PolicyFile(removed.text).members(of: "group:prod") == remaining)
    }

    @Test("the report agrees", arguments: names)
    func reported(name: String) throws {
        let report = try PolicyReport(of: PolicyText(try Self.file(name).text))
        #expect(report.groups.allSatisfy { $0.refusal == nil })
        #expect(report.groups.contains { $0.name == "group:prod" })
    }

    private static func file(_ name: String) throws -> PolicyFile {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/styles/\(name)", withExtension: nil))
        return try PolicyFile(Array(try Data(contentsOf: url)))
    }

    private static func compare(_ text: [UInt8], with name: String) throws {
        if ProcessInfo.processInfo.environment["SYM_WRITE_FIXTURES"] == "1" {
            let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/styles")
            try Data(text).write(to: folder.appending(path: name))
        } else {
            let wanted = try file(name).text
            #expect(String(decoding: text, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
            #expect(text == wanted)
        }
    }
}
