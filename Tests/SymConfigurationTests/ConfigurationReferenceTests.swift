import Foundation
import Testing

@testable import SymConfiguration

@Suite("docs/configuration.md")
struct ConfigurationReferenceTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/configuration.md")

    @Test("is the table; SYM_WRITE_DOCS=1 writes it anew")
    func document() throws {
        if ProcessInfo.processInfo.environment["SYM_WRITE_DOCS"] == "1" {
            try ConfigurationReference.markdown.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(
            written == ConfigurationReference.markdown,
            "run: SYM_WRITE_DOCS=1 swift test --filter ConfigurationReferenceTests, and commit docs/configuration.md")
    }

    @Test("the table has all of Sym's resource types, and each name once in its block")
    func complete() {
        #expect(Schema.resources.map(\.type) == ResourceType.allCases)
        #expect(Schema.resources.filter { $0.standing != .ours }.count == 11)
        func check(_ attributes: [AttributeSchema], _ path: String) {
            let names = attributes.map(\.name)
            #expect(Set(names).count == names.count, "\(path)")
            for attribute in attributes {
                #expect(!attribute.meaning.isEmpty && !attribute.meaning.hasSuffix("."), "\(path).\(attribute.name)")
                check(attribute.inner, "\(path).\(attribute.name)")
                for case .attributes(let inner) in attribute.choices.map(\.settings) {
                    check(inner, "\(path).settings")
                }
            }
        }
        for resource in Schema.resources { check(resource.attributes, resource.type.rawValue) }
    }
}
