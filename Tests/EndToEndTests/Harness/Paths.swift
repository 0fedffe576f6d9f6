import SandboxStack

/// Where things lie in the checkout that these tests were built from.
enum Paths {
    /// The checkout's root.
    static let root: String = {
        let own = #filePath
        return own.components(before: "/Tests/EndToEndTests/")
    }()
    static let fixtures = "\(root)/Tests/EndToEndTests/Fixtures"
    static let programs = Programs.besideThisProcess
}

extension String {
    fileprivate func components(before marker: String) -> String {
        guard let range = firstRange(of: marker) else { return "." }
        return String(self[..<range.lowerBound])
    }
}
