import SymMessages

extension ConfigurationReader {
    /// Looks at a whole flow that was read without problems: what this version does not do yet, and what its rules add
    /// up to.
    func check(_ flow: Configuration.Flow, _ node: SourceNode) {
        let place = Place(flow: flow.name, lines: LineIndex(node))
        tell(NotYet.findings(in: flow).map { ($0.path, $0.message) }, place, log.warn)
        let rules = RuleCheck.problems(of: flow)
        tell(rules.errors.map { ($0.path, $0.message) }, place, log.report)
        tell(rules.warnings.map { ($0.path, $0.message) }, place, log.warn)
    }

    private struct Place {
        let flow: ResourceName
        let lines: LineIndex
    }

    /// - Parameter findings: paths relative to the flow, such as `rules[2].stages[0]`, with messages.
    private func tell(
        _ findings: [(path: String, message: String)], _ place: Place, _ report: (Int?, String, String) -> Void
    ) {
        for finding in findings {
            report(
                place.lines.line(of: finding.path), "\(ResourceType.flow.rawValue).\(place.flow).\(finding.path)",
                finding.message)
        }
    }
}
