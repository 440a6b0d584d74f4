import ArgumentParser
import ModeluxCore
import ModeluxStore

struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records of requests.", subcommands: [Tail.self, Show.self, Search.self])

    private static let columns = [
        "created_at", "request_id", "status", "model", "usage.input_tokens", "usage.output_tokens", "cost.total_usd",
        "latency.total_ms",
    ]

    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints requests as they end, until interrupted.")
        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.client().events("logs/tail") { event in
                // Unbuffered, so that each line is there when its request ends, through a pipe too.
                guard !options.json else { return StandardStream.output(event + "\n") }
                guard let record = try? JSONTree(parsing: event.utf8) else { return }
                let cells = Logs.columns.map { TextTable.printable(record.at($0).plainText) }
                StandardStream.output(cells.joined(separator: "  ") + "\n")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one request with its attempts and its trace.")
        @OptionGroup var options: ClientOptions
        @Argument(help: "The request's id, from X-Modelux-Request-Id.")
        var requestID: String

        func run() async throws {
            guard let id = RequestID(requestID) else {
                throw CommandFailure(.usage, "\"\(requestID)\" is no request id: it must be a UUID")
            }
            try await options.show(options.client().send(.get, "logs/\(id)"))
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists requests, newest first.",
            discussion: """
                Filters are those of the management API: start, end, project_id, key_id, status (2xx, 4xx, 5xx), \
                error_code, model, provider, end_user, tags, trace_id, conversation_id, min_latency_ms, min_cost_usd, q.
                """)
        @OptionGroup var options: ClientOptions
        @Argument(help: "Filters of the form NAME=VALUE, such as status=5xx or model=gpt-4o.")
        var filters: [String] = []
        @Option(help: "How many at most.")
        var limit = 50

        func run() async throws {
            let query = try filters.map { filter in
                guard let equals = filter.firstIndex(of: "="), equals != filter.startIndex else {
                    throw CommandFailure(.usage, "\"\(filter)\" must read NAME=VALUE")
                }
                return filter[..<equals] + "=" + QueryText.encoded(filter[filter.index(after: equals)...])
            }
            let path = query.isEmpty ? "logs" : "logs?" + query.joined(separator: "&")
            try await options.show(options.client().list(path, limit: max(1, limit)), columns: Logs.columns)
        }
    }
}
