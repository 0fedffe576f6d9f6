import SymConfiguration
import SymMessages

/// What a configuration says of Slack.
struct SlackPlaces: Equatable {
    /// Team ids.
    var workspaces: Set<String>
    /// As the configuration names them, sorted.
    var channels: [String]

    init(workspaces: Set<String>, channels: [String]) {
        self.workspaces = workspaces
        self.channels = channels
    }

    init(_ configuration: Configuration) {
        workspaces = Set(
            configuration.integrations.values.compactMap { integration in
                if case .slack(let slack) = integration { slack.workspace } else { nil }
            })
        let named = configuration.flows.values.flatMap(\.rules).flatMap(\.stages).flatMap(\.notify.channels)
        channels = Set(named + configuration.errorLoggers.values.map(\.destination)).sorted()
    }
}

/// Whether the app in a workspace has what Sym needs.
struct SlackFindings: Equatable {
    struct Finding: Equatable {
        var isGood: Bool
        var text: String
    }

    /// A channel that the app can see.
    struct Channel: Equatable {
        var id: String
        var name: String
        var isArchived: Bool
    }

    private(set) var findings: [Finding] = []

    var isComplete: Bool { findings.allSatisfy(\.isGood) }
    var lines: [String] { findings.map { "\($0.isGood ? "✓" : "✗") \($0.text.onTerminal)" } }

    /// - Parameters:
    ///   - workspace: the team id, of `auth.test`.
    ///   - scopes: the token's; `nil`: Slack did not say.
    ///   - places: `nil`: only token and scopes are checked.
    ///   - channels: what the app can see; read only if needed.
    init(workspace: String, as app: String, scopes: Set<String>?, places: SlackPlaces?, channels: [Channel]) {
        note(true, "the token works: \(app) in the workspace \(workspace)")
        let missing = SlackManifest.scopes.filter { scopes?.contains($0.name) == false }
        switch (scopes, missing.isEmpty) {
        case (nil, _): note(false, "Slack did not tell the token's scopes")
        case (_, true): note(true, "all \(SlackManifest.scopes.count) scopes are there")
        default:
            for scope in missing {
                note(false, "the scope \(scope.name) is missing (\(scope.reason)): add it and install the app again")
            }
        }
        guard let places else { return }
        if places.workspaces.contains(workspace) {
            note(true, "the configuration is for this workspace")
        } else {
            let named = places.workspaces.sorted().joined(separator: ", ")
            note(
                false,
                "the configuration is for \(named.isEmpty ? "no workspace" : named): give a sym_integration of type slack "
                    + "the external_id \(workspace)")
        }
        for place in places.channels { check(place, channels) }
    }

    private mutating func check(_ place: String, _ channels: [Channel]) {
        let name = place.hasPrefix("#") ? String(place.dropFirst()) : place
        guard let channel = channels.first(where: { $0.name == name || $0.id == place }) else {
            return note(
                false, "\(place): there is no such channel, or it is private and the app was not invited (/invite @Sym)"
            )
        }
        note(!channel.isArchived, channel.isArchived ? "\(place) is archived" : "\(place) is there")
    }

    private mutating func note(_ isGood: Bool, _ text: String) {
        findings.append(Finding(isGood: isGood, text: text))
    }
}

extension SlackFindings {
    /// Asks Slack.
    init(_ slack: SlackWebAPI, _ places: SlackPlaces?) async throws {
        let identity = try await slack.call("auth.test")
        func text(_ name: String) -> String? {
            if case .string(let text)? = identity.json[name] { text } else { nil }
        }
        let isReadable = identity.scopes?.isSuperset(of: ["channels:read", "groups:read"]) ?? true
        let isNeeded = places.map { !$0.channels.isEmpty } ?? false
        self.init(
            workspace: text("team_id") ?? "?", as: text("user") ?? "?", scopes: identity.scopes,
            places: isReadable ? places : places.map { SlackPlaces(workspaces: $0.workspaces, channels: []) },
            channels: isReadable && isNeeded ? try await Self.channels(slack) : [])
    }

    private static func channels(_ slack: SlackWebAPI) async throws -> [Channel] {
        var channels: [Channel] = []
        var cursor = ""
        repeat {
            let page = try await slack.call(
                "conversations.list",
                [("types", "public_channel,private_channel"), ("limit", "1000"), ("cursor", cursor)]
            ).json
            guard case .array(let list)? = page["channels"] else { break }
            channels += list.compactMap { channel in
                guard case .string(let id)? = channel["id"], case .string(let name)? = channel["name"] else {
                    return nil
                }
                return Channel(id: id, name: name, isArchived: channel["is_archived"] == .bool(true))
            }
            cursor = if case .string(let next)? = page["response_metadata"]?["next_cursor"] { next } else { "" }
        } while !cursor.isEmpty
        return channels
    }
}
