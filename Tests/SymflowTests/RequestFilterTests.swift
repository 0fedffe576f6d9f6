import FoundationEssentials
import SymMessages
import Testing

@testable import Symflow

@Suite("Reading the list of requests")
struct RequestFilterTests {
    private static func file(_ name: String) throws -> String {
        let own = URL(filePath: #filePath).deletingLastPathComponent()
        return try String(contentsOf: own.appending(path: "Transcripts/files/\(name)"), encoding: .utf8)
    }

    @Test("all of them, each once and newest first, whatever the size of a page")
    func pages() async throws {
        try await SymServer(directory: try Self.file("directory.yaml")).serving { port in
            func client(_ name: String) throws -> SymClient {
                try SymClient(
                    address: "http://127.0.0.1:\(port)", environment: ["SYM_TOKEN": SymServer.token(of: name)])
            }
            let (ana, cy) = (try client("ana"), try client("cy"))
            _ = try await cy.change(
                .init(
                    method: .put, path: "/v1/config", contentType: "application/yaml",
                    body: Array(try Self.file("sym.yaml").utf8)))
            let form = Array(#"{"flow":"ssh","duration_seconds":1800,"reason":"why"}"#.utf8)
            for number in 0..<5 {
                _ = try await ana.send(
                    .init(method: .post, path: "/v1/requests", body: form, key: "k\(number)", wait: 5))
            }
            let whole = try await cy.requests(RequestFilter(), in: [.pending]).map(\.id)
            #expect(Set(whole).count == 5 && whole.count == 5)
            for size in 1...6 {
                let found = try await cy.sharing(connections: 2) { client in
                    try await client.requests(RequestFilter(), in: [.active, .pending], pagesOf: size).map(\.id)
                }
                #expect(found == whole, "pages of \(size)")
            }
            let person = PersonID(rawValue: "ana@example.com")
            #expect(try await cy.requests(RequestFilter(person: person), in: [.pending], pagesOf: 2).count == 5)
            let target = ResourceName(rawValue: "staging")
            #expect(try await cy.requests(RequestFilter(target: target), in: [.pending]).isEmpty)
            #expect(try await cy.requests(RequestFilter(), in: [.active]).isEmpty)
        }
    }
}
