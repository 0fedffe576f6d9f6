import Testing

@testable import SymMessages

@Suite("What an order says about the tailnet's credential")
struct TailnetCredentialTests {
    @Test(
        "each way has its form, and is read back",
        arguments: [
            (
                TailnetCredential.apiToken(SecretReference(source: .env, path: "TOKEN")),
                #"{"secret":{"path":"TOKEN","source":"env"},"type":"api_token"}"#
            ),
            (
                .oauthClient(id: "k1", secret: SecretReference(source: .file, path: "a/b")),
                #"{"client_id":"k1","secret":{"path":"a/b","source":"file"},"type":"oauth_client"}"#
            ),
            (
                .federatedIdentity(clientID: "k2", token: SecretReference(source: .file, path: "jwt")),
                #"{"client_id":"k2","jwt":{"path":"jwt","source":"file"},"type":"federated_identity"}"#
            ),
        ])
    func forms(_ credential: TailnetCredential, _ json: String) throws {
        #expect(try String(decoding: WireFormat.encode(credential), as: UTF8.self) == json)
        #expect(try WireFormat.decode(TailnetCredential.self, from: Array(json.utf8)) == credential)
    }

    @Test(
        "what cannot be read says why",
        arguments: [
            (
                #"{"type":"password","secret":{"path":"T","source":"env"}}"#,
                "type is \"password\", a kind of credential"
            ),
            (#"{"secret":{"path":"T","source":"env"}}"#, "type is missing"),
            (#"{"type":"oauth_client","secret":{"path":"T","source":"env"}}"#, "client_id is missing"),
            (#"{"type":"federated_identity","client_id":"k1"}"#, "jwt is missing"),
        ])
    func unreadable(_ json: String, _ reason: String) {
        let error = #expect(throws: MessageError.self) {
            try WireFormat.decode(TailnetCredential.self, from: Array(json.utf8))
        }
        #expect(error?.description.hasPrefix(reason) == true, "\(String(describing: error))")
    }

    @Test("P9 terms of before, with only a secret, are refused with the member they lack")
    func before() throws {
        let now = try WireFormat.encode(Sample.leaseTerms)
        let old = String(decoding: now, as: UTF8.self).replacing(
            #""credential":{"secret":{"path":"TOKEN","source":"env"},"type":"api_token"}"#,
            with: #""secret":{"path":"TOKEN","source":"env"}"#)
        #expect(old.contains("\"secret\"") && !old.contains("credential"))
        let error = #expect(throws: MessageError.self) {
            try WireFormat.decode(LeaseTerms.self, from: Array(old.utf8))
        }
        #expect(error?.description == "credential is missing")
    }
}
