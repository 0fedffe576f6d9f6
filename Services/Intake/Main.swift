import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceMain.run("sym-intake") { environment in try await Intake.build(environment) }
    }
}
