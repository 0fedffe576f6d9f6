import Foundation
import TailnetPolicy
import Testing

enum Fixture {
    /// The seed's example file.
    static func policy() throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/policy", withExtension: "hujson"))
        return Array(try Data(contentsOf: url))
    }
}

extension PolicyFile {
    /// A file as if it had been read with some version.
    init(_ text: String, etag: String = "v1") throws {
        try self.init(Array(text.utf8), etag: etag)
    }

    init(_ text: [UInt8], etag: String = "v1") throws {
        self.init(text: text, etag: try #require(ETag(etag)))
    }

    /// A file in which one group has the list given.
    static func withGroup(_ list: String, key: String = "groups") throws -> PolicyFile {
        try PolicyFile("{\n  \"\(key)\": { \"group:prod\": \(list) }, // end\n}\n")
    }

    /// The text after the changes, or nil if there is nothing to change.
    func text(after changes: MembershipChange...) throws -> String? {
        try draft(applying: changes).map { String(decoding: $0.text, as: UTF8.self) }
    }
}

extension MembershipChange {
    static func add(_ login: String) -> MembershipChange { .init(.add, login, in: "group:prod") }
    static func remove(_ login: String) -> MembershipChange { .init(.remove, login, in: "group:prod") }
}
