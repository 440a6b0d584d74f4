import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Webhooks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Webhook endpoints: who is told of events, and what became of it.",
        subcommands: [
            List.self, Create.self, Show.self, Enable.self, Disable.self, Delete.self, RotateSecret.self, Test.self,
            TestMail.self,
            Deliveries.self, Delivery.self, Replay.self, EventTypes.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists endpoints; secrets are never shown again.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.show(
                options.client().list("webhooks/endpoints"),
                columns: ["id", "name", "url", "format", "event_types", "enabled"])
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an endpoint and shows the secret of its signatures, this once.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "Where events are posted to.")
        var url: String
        @Option(help: "What people call it. Default: scheme and host of the address.")
        var name: String?
        @Option(help: "A type of event that it gets; may be repeated. Default: all.")
        var eventType: [String] = []
        @Option(help: "standard or slack. Default: as the address calls for.")
        var format: String?

        func run() async throws {
            try await options.show(
                options.client().send(
                    .post, "webhooks/endpoints",
                    .members([
                        "url": .string(url), "name": name.map(JSONTree.string),
                        "event_types": eventType.isEmpty ? nil : .texts(eventType),
                        "format": format.map(JSONTree.string),
                    ])))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows an endpoint.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            try await options.show(options.client().send(.get, "webhooks/endpoints/\(QueryText.encoded(id))"))
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sends events to an endpoint again.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            try await options.show(
                options.client().send(
                    .patch, "webhooks/endpoints/\(QueryText.encoded(id))", .members(["enabled": .bool(true)])))
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends no more events to an endpoint; what waits for it is cancelled.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            try await options.show(
                options.client().send(
                    .patch, "webhooks/endpoints/\(QueryText.encoded(id))", .members(["enabled": .bool(false)])))
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes an endpoint; what waits for it is cancelled.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            _ = try await options.client().send(.delete, "webhooks/endpoints/\(QueryText.encoded(id))")
            options.show(.members(["id": .string(id), "deleted": .bool(true)]))
        }
    }

    struct RotateSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a new secret for an endpoint and shows it, this once; for 24 hours both sign.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            try await options.show(
                options.client().send(.post, "webhooks/endpoints/\(QueryText.encoded(id))/rotate-secret"))
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends a test event at once: exit code 0 when the receiver takes it, 1 when it does not.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The endpoint's id.")
        var id: String

        func run() async throws {
            let delivery = try await options.client().send(
                .post, "webhooks/endpoints/\(QueryText.encoded(id))/test")
            options.show(delivery)
            guard delivery.at("status").plainText == "delivered" else {
                throw CommandFailure(.refused, delivery.at("last_error").plainText)
            }
        }
    }

    struct TestMail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends a test mail at once: exit code 0 when the mail server takes it, 1 when it does not.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The mail address.")
        var address: String

        func run() async throws {
            let delivery = try await options.client().send(
                .post, "alerts/test-mail", .members(["to": .string(address)]))
            options.show(delivery)
            guard delivery.at("status").plainText == "delivered" else {
                throw CommandFailure(.refused, delivery.at("last_error").plainText)
            }
        }
    }

    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists deliveries by webhook and by mail, newest first.")
        @OptionGroup var options: ClientOptions
        @Option(help: "Only to this endpoint.")
        var endpoint: String?
        @Option(help: "pending, delivered, failed or cancelled.")
        var status: String?
        @Option(help: "How many at most.")
        var limit = 50

        func run() async throws {
            let filter = [("endpoint_id", endpoint), ("status", status)].compactMap { name, value in
                value.map { "\(name)=\(QueryText.encoded($0))" }
            }
            let path = "webhooks/deliveries" + (filter.isEmpty ? "" : "?" + filter.joined(separator: "&"))
            try await options.show(
                options.client().list(path, limit: max(1, limit)),
                columns: [
                    "id", "event_type", "channel", "target", "status", "attempt_count", "created_at", "last_error",
                ])
        }
    }

    struct Delivery: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows a delivery with its event and each try.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The delivery's id.")
        var id: String

        func run() async throws {
            try await options.show(options.client().send(.get, "webhooks/deliveries/\(QueryText.encoded(id))"))
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delivers an event once more.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The delivery's id.")
        var id: String

        func run() async throws {
            try await options.show(
                options.client().send(.post, "webhooks/deliveries/\(QueryText.encoded(id))/replay"))
        }
    }

    struct EventTypes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the types that an endpoint can subscribe to.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.show(
                options.client().list("webhooks/event-types"), columns: ["type", "description"])
        }
    }
}
