import SymConfiguration

/// The cases of `symflow rules test`: given … expect ….
struct RuleCases {
    let yaml: String
    let file: String

    /// Runs them and says what came of each.
    ///
    /// - Throws: refused, when a case does not hold.
    func run(on configuration: Configuration) throws(Failure) {
        throw Failure(.refused, "This symflow cannot run cases yet.")
    }
}
