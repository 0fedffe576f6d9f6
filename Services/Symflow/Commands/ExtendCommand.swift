import ArgumentParser
import SymMessages

struct ExtendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Ask for more of the access that is there.",
        discussion: """
            By how much, how often, and whether somebody has to say yes again is for the rule of the request to say. The \
            access goes on meanwhile, until its time is up.
            """)

    @Argument(help: "The request's id.")
    var id: RequestID

    @Option(help: "Why; approvers see it. Default: the reason of the request.")
    var reason: String?

    @OptionGroup var sending: SendingOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.client().tell("/v1/requests/\(id)/extend", StopBody(reason: reason), sending, server)
    }
}
