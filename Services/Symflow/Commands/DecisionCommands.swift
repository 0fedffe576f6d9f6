import ArgumentParser
import SymMessages

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Say yes to exactly the offer that is shown.")

    @OptionGroup var vote: VoteOptions

    func run() async throws { try await vote.cast("approve") }
}

struct DenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "deny", abstract: "Say no to a request.")

    @OptionGroup var vote: VoteOptions

    func run() async throws { try await vote.cast("deny") }
}

struct VoteOptions: ParsableArguments {
    @Argument(help: "The request's id.")
    var id: RequestID

    @Option(help: "What to tell the requester.")
    var message: String?

    @OptionGroup var sending: SendingOptions
    @OptionGroup var server: ServerOptions

    private struct Body: Encodable {
        var offerID: String
        var message: String?

        enum CodingKeys: String, CodingKey {
            case message
            case offerID = "offer_id"
        }
    }

    /// Shows the present offer and votes on it: the vote carries its id, so a changed offer is never approved unseen.
    func cast(_ choice: String) async throws {
        let client = try server.client()
        let request = try await client.request(id).decoded(as: RequestDocument.self)
        guard let offerID = request.offerID else {
            throw Failure(
                .refused, "There is nothing to decide on: \(RequestStory(request: request).headline).")
        }
        if !server.json { Console.say(RequestStory(request: request).facts.joined(separator: "\n")) }
        try await client.tell(
            "/v1/requests/\(id)/\(choice)", Body(offerID: offerID, message: message), sending, server)
    }
}

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Withdraw a request of yours, or an extension, that nobody decided on yet.")

    @Argument(help: "The request's id.")
    var id: RequestID

    @Option(help: "Why.")
    var reason: String?

    @OptionGroup var sending: SendingOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.client().tell("/v1/requests/\(id)/cancel", StopBody(reason: reason), sending, server)
    }
}

/// `POST /v1/requests/{id}/cancel`, `…/end` and `…/extend`.
struct StopBody: Encodable {
    var reason: String?
}
