extension String {
    /// One line of at most `limit` characters, without control characters: fit to stand in a sentence of ours.
    func asPhrase(limit: Int = 300) -> String {
        let line = String(
            unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        let words = line.split(separator: " ").joined(separator: " ")
        let phrase = words.count > limit ? words.prefix(limit) + "…" : words[...]
        return phrase.hasSuffix(".") ? String(phrase.dropLast()) : String(phrase)
    }
}
