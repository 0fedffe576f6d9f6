import SymConfiguration
import SymMessages

extension Facts {
    /// Whether somebody may use Sym from this workspace of Slack; `nil`: they may.
    func mayUseSlack(_ caller: Caller, in workspace: String) -> Refusal? {
        guard let current = history.current else {
            return Refusal(.conflict, "No configuration is in force that Sym can use. Tell an administrator.")
        }
        let isOurs = current.configuration.integrations.values.contains { integration in
            if case .slack(let slack) = integration { slack.workspace == workspace } else { false }
        }
        guard isOurs else {
            return Refusal(
                .forbidden,
                "This Slack workspace is not the one that Sym is set up for: an administrator has to name its id as the "
                    + "external_id of a sym_integration of type slack.")
        }
        guard let person = caller.person, directory.person(person) != nil else {
            return Refusal(
                .forbidden,
                "\(caller.person?.rawValue ?? "A bot") is not in the directory. An administrator has to add them.")
        }
        return nil
    }
}
