import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceRuntime
import SymMessages

import struct SymMessages.RequestID

/// The addresses that Slack calls: verifies, reads into types, answers within 3 seconds whatever else is slow.
struct SlackEdge: Sendable {
    /// How long the whole of an HTTP call may take; Slack gives up after 3 s.
    static let deadline = Duration.milliseconds(2_500)
    static let largestBody = 262_144
    /// How long the outcome of a command is waited for, to be told later if need be.
    static let wait = Seconds(20)

    let signature: SlackSignature
    let identity: SlackIdentity
    let work: SlackWork
    /// Puts a call to the core and waits for its answer.
    let ask: @Sendable (Caller, Call) async throws -> Answer
    /// Says something to one person at a `response_url`.
    let respond: @Sendable (_ text: String, _ url: String) async throws(SlackFailure) -> Void
    /// Hosts of `response_url`s that are used, besides Slack's own.
    let ownHosts: Set<String>
    let logger: Logger
    var now: @Sendable () -> Timestamp = { Timestamp.now() }
    /// Returns when an answer would come too late.
    var patience: @Sendable () async -> Void = { try? await Task.sleep(for: SlackEdge.deadline) }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.post("/slack/commands") { request, _ in try await command(request) }
        router.post("/slack/interactions") { request, _ in try await interaction(request) }
    }

    // MARK: Commands

    private func command(_ request: Request) async throws -> Response {
        let body = try await body(of: request)
        // Slack's check of our certificate; it is not signed everywhere, and nothing is done for it.
        if let form = FormFields(body), form["ssl_check"] == "1" { return Response(status: .ok) }
        try verify(request, body)
        guard let form = FormFields(body), let user = form["user_id"], let workspace = form["team_id"],
            let trigger = form["trigger_id"], !user.isEmpty, !trigger.isEmpty
        else { throw Problem(.badRequest, "The body is not that of a slash command.") }
        let command: SlashCommand
        do {
            command = try SlashCommand(parsing: form["text"] ?? "")
        } catch {
            return Self.ephemeral(error.words)
        }
        if command == .help { return Self.ephemeral(SlashCommand.usage) }
        let answer = TimelyAnswer()
        let responseURL = form["response_url"]
        let isTaken = work.start {
            let words = await carryOut(command, user, workspace, trigger) { answer.note($0) }
            if !answer.give(words) { await say(words, at: responseURL) }
        }
        guard isTaken else { return Self.ephemeral(SlackWords.busy) }
        let words = await answer.value(by: patience)
        return Self.ephemeral(words ?? answer.soFar ?? SlackWords.lateAndUnknown)
    }

    /// - Parameter note: takes what is to be said if the rest takes too long.
    private func carryOut(
        _ command: SlashCommand, _ user: String, _ workspace: String, _ trigger: String, note: (String) -> Void
    ) async -> String {
        do {
            let caller = Caller.person(try await identity.person(of: user, in: workspace))
            switch command {
            case .help: return SlashCommand.usage
            case .list:
                return SlackWords.list(
                    try await ask(caller, .slack(workspace: workspace, .list(RequestQuery(limit: 50)))))
            case .request(let access):
                let submission = Submission(channel: .slack, source: "slack:\(workspace)", id: trigger)
                let id = RequestID(caller: caller, source: submission.source, id: trigger)
                note(SlackWords.late(id))
                let call = Call.submit(submission, access, wait: Self.wait)
                return SlackWords.submitted(try await ask(caller, .slack(workspace: workspace, call)), id)
            }
        } catch let refusal as SlackIdentity.Refusal {
            return refusal.words
        } catch {
            return "Sym is being stopped. Look with `/sym list` in a moment."
        }
    }

    private static func ephemeral(_ text: String) -> Response {
        let body = JSONValue.object(["response_type": .string("ephemeral"), "text": .string(text)])
        return Response(
            status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.canonical)))
    }

    // MARK: Buttons

    private func interaction(_ request: Request) async throws -> Response {
        let body = try await body(of: request)
        try verify(request, body)
        guard let payload = FormFields(body)?["payload"] else {
            throw Problem(.badRequest, "The body has no payload.")
        }
        let click: SlackClick?
        do {
            click = try SlackClick(payload: Array(payload.utf8))
        } catch {
            throw Problem(.badRequest, "The payload cannot be read: \(error).")
        }
        if let click, !work.start({ await carryOut(click) }) {
            logger.error("a click in Slack was not carried out: too much is under way")
            throw Problem(.serviceUnavailable, SlackWords.busy)
        }
        return Response(status: .ok)
    }

    private func carryOut(_ click: SlackClick) async {
        guard let words = await outcome(of: click) else { return }
        await say(words, at: click.responseURL)
    }

    /// What the person is told; `nil` when the message itself says it.
    private func outcome(of click: SlackClick) async -> String? {
        guard let (id, offer) = SlackAction.parse(value: click.value) else {
            return "This button is not of this version of Sym. Use `/sym list`."
        }
        do {
            let caller = Caller.person(
                try await identity.person(of: click.user, in: click.workspace, isAskedAfresh: true))
            let key = "slack/\(click.user)/\(click.actionTS)"
            let call: Call =
                switch click.action {
                case .approve: .vote(id, .init(choice: .approve, offerID: offer), key: key, wait: Self.wait)
                case .deny: .vote(id, .init(choice: .deny, offerID: offer), key: key, wait: Self.wait)
                case .end: .end(id, reason: nil, key: key, wait: Self.wait)
                }
            let answer = try await ask(caller, .slack(workspace: click.workspace, call))
            guard case .refused(let refusal, _) = answer else { return SlackWords.pressed(answer) }
            var view: RequestView?
            if case .request(let present) = try await ask(caller, .slack(workspace: click.workspace, .show(id))) {
                view = present
            }
            return SlackWords.refused(refusal, click.action, offer: offer, view)
        } catch let refusal as SlackIdentity.Refusal {
            return refusal.words
        } catch {
            return nil
        }
    }

    // MARK: What both share

    private func verify(_ request: Request, _ body: [UInt8]) throws(Problem) {
        guard
            signature.isValid(
                signature: request.headers[.slackSignature], timestamp: request.headers[.slackTimestamp], body: body,
                now: now().milliseconds / 1_000)
        else { throw Problem(.unauthorized, "The call does not carry a valid signature of Slack's.") }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is larger than the \(Self.largestBody) bytes taken here.")
        }
    }

    private func say(_ words: String, at url: String?) async {
        guard let url, isOurs(url) else {
            logger.warning("Slack named no response_url that can be used, so somebody was not told what became of it")
            return
        }
        do {
            try await respond(words, url)
        } catch {
            logger.warning("somebody could not be told in Slack what became of it", metadata: ["error": "\(error)"])
        }
    }

    /// Only Slack's own host is told anything, and the one that the operator named in its stead.
    func isOurs(_ url: String) -> Bool {
        guard let parts = try? #/(https?)://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?/.*/#.wholeMatch(in: url)?.output else {
            return false
        }
        let host = parts.2.lowercased()
        return host == "hooks.slack.com" ? parts.1 == "https" : ownHosts.contains(host)
    }
}

extension HTTPField.Name {
    static let slackSignature = HTTPField.Name(unchecked: "X-Slack-Signature")
    static let slackTimestamp = HTTPField.Name(unchecked: "X-Slack-Request-Timestamp")
}
