import SymMessages

extension ConfigurationReader {
    /// Looks at a whole flow that was read without problems: what this version does not do yet, and what its rules add
    /// up to.
    func check(_ flow: Configuration.Flow, _ node: SourceNode) {
        var place = FlowPlace(flow: flow.name, lines: LineIndex(node))
        let rules = RuleCheck.problems(of: flow)
        place.tell(rules.errors.map { ($0.path, $0.message) }, log.report)
        place.tell(NotYet.findings(in: flow).map { ($0.path, $0.message) }, log.warn)
        place.tell(rules.warnings.map { ($0.path, $0.message) }, log.warn)
    }
}

/// Tells what was found about a flow where it was written.
struct FlowPlace {
    private let flow: ResourceName
    private let lines: LineIndex
    /// One place is told of once.
    private var told: Set<String> = []

    init(flow: ResourceName, lines: LineIndex) {
        self.flow = flow
        self.lines = lines
    }

    /// - Parameter findings: paths relative to the flow, such as `rules[2].stages[0]`, with messages.
    mutating func tell(
        _ findings: [(path: String, message: String)], _ report: (Int?, String, String) -> Void
    ) {
        for finding in findings where told.insert(finding.path).inserted {
            report(
                lines.line(of: finding.path), "\(ResourceType.flow.rawValue).\(flow).\(finding.path)", finding.message)
        }
    }
}
