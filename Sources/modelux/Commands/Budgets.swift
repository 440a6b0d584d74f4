import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Budgets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Budgets: caps on what may be spent.",
        subcommands: [
            List.self, Create.self, Show.self, Status.self, Events.self, Update.self, Reset.self, Delete.self,
            Verify.self,
        ], defaultSubcommand: List.self, aliases: ["budget"])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists budgets.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.show(
                options.client().list("budgets"),
                columns: ["id", "name", "scope.type", "cap_usd", "period", "action", "per_subject", "enabled"])
        }
    }

    /// What a budget says, as options.
    struct Terms: ParsableArguments {
        @Option(help: "How often it begins anew: daily, weekly, monthly or total.")
        var period: String?
        @Option(help: "The time zone of its midnights, such as Europe/Berlin. Default: UTC.")
        var timezone: String?
        @Option(help: "The day on which a week (1 is Monday) or a month begins. Default: 1.")
        var resetDay: Int?
        @Option(help: "What happens at the cap: block, downgrade or warn_only. Default: block.")
        var action: String?
        @Option(help: "Where requests go instead, @config or model, for the action downgrade.")
        var downgradeTo: String?
        @Option(help: "A share of the cap at which an event tells of it, such as 0.8; may be repeated.")
        var threshold: [String] = []
        @Option(help: "A mail address that is told; may be repeated.")
        var alertEmail: [String] = []

        func members(cap: String?) throws -> [JSONTree.Member] {
            let alerts = alertEmail.isEmpty ? nil : JSONTree.members(["emails": .texts(alertEmail)])
            let members = JSONTree.members([
                "cap_usd": try cap.map { try Self.number($0, "--cap") }, "period": period.map(JSONTree.string),
                "timezone": timezone.map(JSONTree.string), "reset_day": resetDay.map { .integer($0) },
                "action": action.map(JSONTree.string), "downgrade_to": downgradeTo.map(JSONTree.string),
                "thresholds": threshold.isEmpty
                    ? nil : .array(try threshold.map { try Self.number($0, "--threshold") }), "alerts": alerts,
            ])
            return members.objectValue ?? []
        }

        private static func number(_ text: String, _ option: String) throws -> JSONTree {
            guard let amount = Money(usd: text) else {
                throw ValidationError("\(option) must be a number, not \"\(text)\"")
            }
            return .number(amount.usdText)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a budget; it counts what was spent in its period before.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var terms: Terms
        @Option(help: "What people call it.")
        var name: String
        @Option(help: "The cap in US dollars.")
        var cap: String
        @Option(help: "Whose spending: organization, project, key, end_user, tag, config or provider.")
        var scope = "organization"
        @Option(help: "The project, key, config or provider, by id or name.")
        var id: String?
        @Option(help: "The tag's key.")
        var key: String?
        @Option(help: "The tag's value, or the end user.")
        var value: String?
        @Flag(help: "Each subject has the whole cap for itself.")
        var perSubject = false

        func run() async throws {
            let scope = JSONTree.members([
                "type": .string(scope), "id": id.map(JSONTree.string), "key": key.map(JSONTree.string),
                "value": value.map(JSONTree.string),
            ])
            let body: [JSONTree.Member] = [
                .init("name", .string(name)), .init("scope", scope), .init("per_subject", .bool(perSubject)),
            ]
            try await options.show(options.client().send(.post, "budgets", .object(body + terms.members(cap: cap))))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a budget.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its id or name.")
        var budget: String

        func run() async throws {
            try await options.show(options.client().send(.get, "budgets/\(QueryText.encoded(budget))"))
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what a budget has spent and holds, beside the ledger, and what it comes to.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its id or name.")
        var budget: String

        func run() async throws {
            try await options.show(options.client().send(.get, "budgets/\(QueryText.encoded(budget))/status"))
        }
    }

    struct Events: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists what was told of a budget, newest first.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its id or name.")
        var budget: String
        @Option(help: "How many at most.")
        var limit = 50

        func run() async throws {
            try await options.show(
                options.client().list("budgets/\(QueryText.encoded(budget))/events", limit: limit),
                columns: ["created_at", "type", "data.subject", "data.threshold", "data.spend_usd", "data.cap_usd"])
        }
    }

    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Changes a budget, from the next request on.")
        @OptionGroup var options: ClientOptions
        @OptionGroup var terms: Terms
        @Argument(help: "Its id or name.")
        var budget: String
        @Option(help: "The cap in US dollars.")
        var cap: String?
        @Option(help: "Whether it counts at all: true or false.")
        var enabled: Bool?

        func run() async throws {
            var body = try terms.members(cap: cap)
            if let enabled { body.append(.init("enabled", .bool(enabled))) }
            try await options.show(
                options.client().send(.patch, "budgets/\(QueryText.encoded(budget))", .object(body)))
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets what a budget has spent to zero; its period ends when it would have ended.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its id or name.")
        var budget: String

        func run() async throws {
            try await options.show(options.client().send(.post, "budgets/\(QueryText.encoded(budget))/reset"))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a budget.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Its id or name.")
        var budget: String

        func run() async throws {
            _ = try await options.client().send(.delete, "budgets/\(QueryText.encoded(budget))")
            options.show(.members(["budget": .string(budget), "deleted": .bool(true)]))
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds up the ledger for every budget and prints the drift, which must be 0.",
            discussion: "Exit code 1 when an account differs from the ledger.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            let found = try await options.client().send(.get, "budgets/verify")
            if options.json {
                options.show(found)
            } else {
                options.show(
                    found["budgets"]?.arrayValue ?? [],
                    columns: [
                        "name", "subject", "period_started_at", "spend_usd", "ledger_usd", "held_usd", "drift_usd",
                    ])
                print("drift \(found.at("drift_usd").plainText) USD in \(found.at("accounts").plainText) accounts")
            }
            if found.at("drift_usd").plainText != "0" { throw ExitCode(1) }
        }
    }
}
