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

extension MembershipChange {
    static func add(_ login: String) -> MembershipChange { .init(.add, login, in: "group:prod") }
    static func remove(_ login: String) -> MembershipChange { .init(.remove, login, in: "group:prod") }
}
