/// Every resource type of Sym's provider 3.6.0, and ours; in the order in which a configuration is written.
enum ResourceType: String, CaseIterable, Sendable {
    case environment = "sym_environment"
    case runtime = "sym_runtime"
    case integration = "sym_integration"
    case errorLogger = "sym_error_logger"
    case logDestination = "sym_log_destination"
    case secretSource = "sym_secrets"
    case secret = "sym_secret"
    case target = "sym_target"
    case strategy = "sym_strategy"
    case group = "sym_group"
    case flowsFilter = "sym_flows_filter"
    case flow = "sym_flow"
}
