/// The command line.
struct SoakOptions {
    static let usage = """
        usage: kafka-soak run [--minutes <n>] [--seed <n>] [--keep]
               kafka-soak produce --servers <host:port,...> --journal <file> --number <n>
               kafka-soak consume --servers <host:port,...> --journal <file> --number <n>
               kafka-soak observe --servers <host:port,...> --journal <file>
        run starts a broker and the others, and judges them. The soak proper is 10 minutes.
        """

    static let topic = "soak"
    static let partitions: Int32 = 6
    static let brokers: Int32 = 3
    /// How many messages each producer sends to each partition in a second. Few and large ones: the mock broker looks
    /// for an offset from the first batch on, and with many small ones in its log it cannot keep up with its readers.
    static let rate = 20
    static let producers = 2

    let command: String
    var minutes = 10.0
    var seed = UInt64.random(in: 0...999_999)
    /// Keep journal and logs also when all is well.
    var keeps = false
    var servers = ""
    var journal = ""
    var number: Int32 = 0

    init(_ arguments: some Sequence<String>) throws(SoakError) {
        var arguments = arguments.makeIterator()
        guard let command = arguments.next(), ["run", "produce", "consume", "observe"].contains(command) else {
            throw SoakError("A command is missing.")
        }
        self.command = command
        while let option = arguments.next() {
            if option == "--keep" {
                keeps = true
                continue
            }
            guard let value = arguments.next() else { throw SoakError("\(option) wants a value, or is no option.") }
            switch option {
            case "--minutes": minutes = try Self.number(Double(value), option)
            case "--seed": seed = try Self.number(UInt64(value), option)
            case "--servers": servers = value
            case "--journal": journal = value
            case "--number": number = try Self.number(Int32(value), option)
            default: throw SoakError("\"\(option)\" is not an option.")
            }
        }
        guard command == "run" || (!servers.isEmpty && !journal.isEmpty) else {
            throw SoakError("\(command) wants --servers and --journal.")
        }
        guard minutes > 0 else { throw SoakError("--minutes wants more than 0.") }
    }

    private static func number<Number>(_ number: Number?, _ option: String) throws(SoakError) -> Number {
        guard let number else { throw SoakError("\(option) wants a number.") }
        return number
    }
}
