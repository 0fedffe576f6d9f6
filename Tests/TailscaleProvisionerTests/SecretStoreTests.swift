import Foundation
import ServiceRuntime
import SymMessages
import Testing

@testable import TailscaleProvisioner

@Suite("P10 secrets stay put")
struct SecretStoreTests {
    @Test("A variable is read only if the operator listed it; errors never hold a value")
    func variables() async throws {
        let store = try SecretStore(
            settings: Settings(environment: [
                "SYM_SECRETS_ALLOW": "TOKEN, EMPTY", "TOKEN": "tskey-api-1", "EMPTY": "", "OTHER": "tskey-api-2",
            ]))
        #expect(try await store.value(of: SecretReference(source: .env, path: "TOKEN")) == "tskey-api-1")
        for name in ["OTHER", "EMPTY", "PATH", "SYM_SECRETS_ALLOW", ""] {
            let refusal = await #expect(throws: SecretRefusal.self) {
                _ = try await store.value(of: SecretReference(source: .env, path: name))
            }
            #expect(refusal?.description.contains("tskey") == false)
        }
    }

    @Test("Without an allow-list or a folder there are no secrets")
    func nothingByDefault() async throws {
        let store = try SecretStore(settings: Settings(environment: ["TOKEN": "x"]))
        await #expect(throws: SecretRefusal.self) {
            _ = try await store.value(of: SecretReference(source: .env, path: "TOKEN"))
        }
        await #expect(throws: SecretRefusal.self) {
            _ = try await store.value(of: SecretReference(source: .file, path: "token"))
        }
    }

    @Test("A file is read below the folder, links within it included, and nowhere else")
    func files() async throws {
        let top = FileManager.default.temporaryDirectory.appending(path: "sym-secrets-\(UUID())")
        let folder = top.appending(path: "secrets")
        defer { try? FileManager.default.removeItem(at: top) }
        let files = FileManager.default
        try files.createDirectory(at: folder.appending(path: "sub"), withIntermediateDirectories: true)
        try Data("outside".utf8).write(to: top.appending(path: "outside"))
        try files.createDirectory(at: top.appending(path: "secrets-of-others"), withIntermediateDirectories: true)
        try Data("theirs".utf8).write(to: top.appending(path: "secrets-of-others/token"))
        try Data("inside\n".utf8).write(to: folder.appending(path: "sub/token"))
        try Data("\n".utf8).write(to: folder.appending(path: "empty"))
        let links = [
            ("good", "sub/token"), ("bad", "../outside"), ("sibling", "../secrets-of-others/token"),
            ("absolute", "/etc/hostname"), ("folder", ".."),
        ]
        for (name, target) in links {
            try files.createSymbolicLink(atPath: folder.appending(path: name).path, withDestinationPath: target)
        }
        let store = try SecretStore(settings: Settings(environment: ["SYM_SECRETS_DIR": folder.path]))
        for path in ["sub/token", "good"] {
            #expect(try await store.value(of: SecretReference(source: .file, path: path)) == "inside")
        }
        let refused = [
            "bad", "sibling", "absolute", "folder/outside", "../outside", "sub/../../outside", "/etc/hostname", "", ".",
            "sub", "missing", "empty", "sub//token", "token\0",
        ]
        for path in refused {
            let refusal = await #expect(throws: SecretRefusal.self, "\(path)") {
                _ = try await store.value(of: SecretReference(source: .file, path: path))
            }
            #expect(refusal?.description.contains("outside\n") == false)
        }
    }

    @Test("A secret that was replaced counts at once")
    func replaced() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sym-secrets-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try SecretStore(settings: Settings(environment: ["SYM_SECRETS_DIR": folder.path]))
        for value in ["one", "two"] {
            try Data(value.utf8).write(to: folder.appending(path: "token"))
            #expect(try await store.value(of: SecretReference(source: .file, path: "token")) == value)
        }
    }

    @Test("A folder that is none is refused at the start")
    func noFolder() {
        #expect(throws: SettingsError.self) {
            try SecretStore(settings: Settings(environment: ["SYM_SECRETS_DIR": "/nowhere/at/all"]))
        }
    }
}
