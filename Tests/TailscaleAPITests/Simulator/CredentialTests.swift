import Foundation
import SymMessages
import Testing

@testable import Sandbox

@Suite("The simulated tailnet: credentials")
struct TailnetSimulatorCredentialTests {
    private static let acl = "tailnet/-/acl"
    private static let writing = ["policy_file", "devices:core:read", "devices:posture_attributes"]

    @Test(
        "a token stands behind Bearer, or as the user name of Basic",
        arguments: [
            ("Bearer \(Simulation.token)", 200), ("bearer \(Simulation.token)", 200),
            ("Basic \(Data("\(Simulation.token):".utf8).base64EncodedString())", 200), ("Bearer x", 401),
            (Simulation.token, 401), ("Basic !", 401), (nil, 401),
        ])
    func headers(authorization: String?, status: Int) {
        var tailnet = Simulation()
        let answer = tailnet.call("GET", Self.acl, authorization: authorization).response
        #expect(answer.status == status)
        if status == 401 { #expect(answer.text == #"{"message":"API token invalid"}"#) }
    }

    @Test("an API token ends when it expires, and when it is revoked")
    func apiToken() {
        var tailnet = Simulation()
        let expires = Timestamp(milliseconds: tailnet.now + 1000)
        tailnet.control(
            "POST", "credentials", #"{"type": "api_token", "token": "tskey-api-kTwo-x", "expires": "\#(expires)"}"#)
        #expect(tailnet.call("GET", Self.acl, authorization: "Bearer tskey-api-kTwo-x").response.status == 200)
        tailnet.now += 1000
        #expect(tailnet.call("GET", Self.acl, authorization: "Bearer tskey-api-kTwo-x").response.status == 401)
        tailnet.control("DELETE", "credentials/kTest1")
        #expect(tailnet.call("GET", Self.acl).response.status == 401)
    }

    @Test("an OAuth client's token: its lifetime, its scopes, and its end")
    func oauthClient() {
        var tailnet = Simulation()
        tailnet.control(
            "POST", "credentials",
            #"{"type": "oauth_client", "id": "c1", "secret": "s+1", "scopes": ["all"], "token_lifetime_seconds": 60}"#)
        let form =
            "client_id=c1&client_secret=s%2B1&grant_type=client_credentials&scope=users%3Aread+devices%3Acore%3Aread"
        let answer = tailnet.call("POST", "oauth/token", authorization: nil, form).response
        #expect(answer.json["token_type"] == .string("Bearer"))
        #expect(answer.json["expires_in"] == .integer(60))
        #expect(answer.json["scope"] == .string("users:read devices:core:read"))
        let token = "Bearer \(answer.json["access_token"]?.text ?? "")"
        #expect(tailnet.call("GET", "tailnet/-/users", authorization: token).response.status == 200)
        #expect(tailnet.call("GET", Self.acl, authorization: token).response.status == 403)
        tailnet.now += 60_000
        #expect(tailnet.call("GET", "tailnet/-/users", authorization: token).response.status == 401)
    }

    @Test("the client may name itself by Basic, each part escaped as in a form")
    func basic() {
        var tailnet = Simulation()
        _ = tailnet.token("all")
        let header = "Basic \(Data("c1:s%31".utf8).base64EncodedString())"
        let answer = tailnet.call("POST", "oauth/token", authorization: header, "grant_type=client_credentials")
        #expect(answer.response.status == 200)
    }

    @Test(
        "no token",
        arguments: [
            ("client_id=c1&client_secret=x", 401, "invalid_client"),
            ("client_id=c2&client_secret=s1", 401, "invalid_client"),
            ("client_id=c1&client_secret=s1&grant_type=password", 400, "unsupported_grant_type"),
            ("client_id=c1&client_secret=s1&scope=policy_file", 400, "invalid_scope"),
            ("grant_type=client_credentials", 400, "invalid_request"),
        ])
    func refused(form: String, status: Int, error: String) {
        var tailnet = Simulation()
        _ = tailnet.token("users:read")
        let answer = tailnet.call("POST", "oauth/token", authorization: nil, form).response
        #expect(answer.status == status)
        #expect(answer.json["error"] == .string(error))
        #expect(answer.json["error_description"]?.text?.isEmpty == false)
    }

    @Test("revoking all access tokens leaves the client, revoking the client takes its tokens")
    func revoked() {
        var tailnet = Simulation()
        let first = tailnet.token("all")
        #expect(tailnet.control("POST", "tokens/revoke")["revoked"] == .integer(1))
        #expect(tailnet.call("GET", Self.acl, authorization: "Bearer \(first)").response.status == 401)
        let second = tailnet.token("all")
        #expect(second != first)
        #expect(tailnet.call("GET", Self.acl, authorization: "Bearer \(second)").response.status == 200)
        tailnet.control("DELETE", "credentials/c1")
        #expect(tailnet.call("GET", Self.acl, authorization: "Bearer \(second)").response.status == 401)
        let answer = tailnet.call("POST", "oauth/token", authorization: nil, "client_id=c1&client_secret=s1").response
        #expect(answer.status == 401)
    }

    @Test("an ID token is exchanged while it has not expired; why one is refused is not said")
    func federated() {
        var tailnet = Simulation()
        let claims = Data(#"{"sub": "x", "exp": \#(tailnet.now / 1000 + 10)}"#.utf8).base64EncodedString()
        let jwt = "e30.\(claims.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")).c2ln"
        tailnet.control(
            "POST", "credentials", #"{"type": "federated", "id": "f1", "scopes": ["users:read"], "jwt": ["\#(jwt)"]}"#)
        let form = "client_id=f1&jwt=\(jwt)"
        let answer = tailnet.call("POST", "oauth/token-exchange", authorization: nil, form).response
        #expect(answer.json["scope"] == .string("users:read"))
        let token = "Bearer \(answer.json["access_token"]?.text ?? "")"
        #expect(tailnet.call("GET", "tailnet/-/users", authorization: token).response.status == 200)

        let other = tailnet.call("POST", "oauth/token-exchange", authorization: nil, "client_id=f1&jwt=other").response
        tailnet.now += 10_000
        let expired = tailnet.call("POST", "oauth/token-exchange", authorization: nil, form).response
        #expect(other.status == 400)
        #expect(expired.body == other.body)
    }

    @Test(
        "each call needs its scopes, and writing the policy file their companions",
        arguments: [
            ("POST", acl, writing, true), ("POST", acl, ["all"], true), ("POST", acl, ["acl", "devices"], true),
            ("POST", acl, ["policy_file"], false),
            ("POST", acl, ["policy_file", "devices:core:read", "devices:posture_attributes:read"], false),
            ("POST", acl, ["policy_file:read", "devices:core:read", "devices:posture_attributes"], false),
            ("GET", acl, ["policy_file:read", "devices:core:read", "devices:posture_attributes:read"], true),
            ("GET", acl, writing, true), ("GET", acl, ["policy_file:read"], false), ("GET", acl, ["all:read"], true),
            ("POST", "tailnet/-/acl/validate", writing, true),
            ("POST", "tailnet/-/acl/validate", ["policy_file", "devices:core"], false),
            ("GET", "tailnet/-/users", ["users"], true), ("GET", "tailnet/-/users", writing, false),
            ("GET", "tailnet/-/devices", ["devices:core:read"], true),
            ("GET", "tailnet/-/devices", ["users:read"], false),
            ("GET", "tailnet/-/settings", ["feature_settings:read"], true),
            ("GET", "tailnet/-/settings", writing, false),
        ])
    func scopes(method: String, path: String, scopes: [String], isAllowed: Bool) {
        var tailnet = Simulation()
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        tailnet.control(
            "POST", "credentials", #"{"type": "oauth_client", "id": "c1", "secret": "s1", "scopes": [\#(list)]}"#)
        let token = tailnet.call("POST", "oauth/token", authorization: nil, "client_id=c1&client_secret=s1").response
        let answer = tailnet.call(
            method, path, authorization: "Bearer \(token.json["access_token"]?.text ?? "")", "{}"
        ).response
        #expect(answer.status == (isAllowed ? 200 : 403))
        if !isAllowed {
            #expect(answer.message == "calling actor does not have enough permissions to perform this function")
        }
    }

    @Test("a token may see its own credential and no other")
    func keys() {
        var tailnet = Simulation()
        let token = tailnet.token("users:read")
        let own = tailnet.call("GET", "tailnet/-/keys/c1", authorization: "Bearer \(token)").response
        #expect(own.json["scopes"] == .array([.string("users:read")]))
        #expect(!own.text.contains("s1"))
        #expect(tailnet.call("GET", "tailnet/-/keys/kTest1", authorization: "Bearer \(token)").response.status == 404)
        #expect(tailnet.call("GET", "tailnet/-/keys/kTest1").response.json["id"] == .string("kTest1"))
    }
}
