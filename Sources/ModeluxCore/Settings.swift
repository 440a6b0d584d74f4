/// What an operator sets without touching the program: read once at start, from a file, the environment and flags.
///
/// Every property has its default here; `Setting.all` gives each its name, its form and its range, and
/// `Resources/modelux.example.yaml` explains it to people. Durations and sizes are always bounded.
public struct Settings: Sendable, Hashable {
    /// Where everything that must survive lives; created with mode 0700. Absolute, or relative to where it starts.
    public var dataDirectory = "/var/lib/modelux"
    /// The listener for LLM traffic.
    public var proxy = Proxy()
    /// The listener for management API and dashboard.
    public var admin = Admin()
    /// How money is written down.
    public var ledger = Ledger()
    /// What is kept of requests, and for how long.
    public var records = Records()
    /// How providers are reached.
    public var upstream = Upstream()
    /// How alerts leave the house.
    public var alerts = Alerts()
    /// The mail server for alerts.
    public var mail = Mail()
    /// What the program says of itself.
    public var log = Log()

    /// The settings of a program that was told nothing.
    public init() {}

    /// The listener for LLM traffic.
    public struct Proxy: Sendable, Hashable {
        /// Where it listens; port 0 lets the system choose.
        public var address = ListenAddress(host: "127.0.0.1", port: 8080)
        /// A PEM file with the certificate chain; nil means plain HTTP. Read again when it changes.
        public var tlsCertificate: String?
        /// A PEM file with the private key of the certificate.
        public var tlsKey: String?
        /// Event loops, one thread each, 0 … 256; 0 means one for each core.
        public var threads = 0
        /// The largest request body in bytes, 1 KiB … 1 GiB.
        public var bodyLimit = 32 << 20
        /// The largest request head in bytes, 1 KiB … 1 MiB.
        public var headLimit = 64 << 10
        /// The most header lines of one request, 10 … 1000.
        public var headerLimit = 200
        /// The most open connections, 1 … 1,000,000; further ones wait in the system's queue.
        public var connectionLimit = 16_384
        /// Bytes of request bodies that may be on their way in at once, over all connections, 1 MiB … 64 GiB.
        public var bufferLimit = 512 << 20
        /// The longest wait for a whole request head, 1 s … 5 min.
        public var headTimeout = Duration.seconds(10)
        /// The slowest that a request body may come, in bytes a second, 1 … 1 MiB.
        public var bodyRate = 1000
        /// Over how long that speed is measured, 1 s … 10 min.
        public var bodyTimeout = Duration.seconds(10)
        /// The longest silence of a client that ought to read its answer, 1 s … 1 h. Its system tells of room in large
        /// steps, so that a slow reader needs a long limit.
        public var writeTimeout = Duration.seconds(120)
        /// How long an idle connection is kept, 1 s … 1 h.
        public var idleTimeout = Duration.seconds(75)
        /// How long answers in progress may take to end after a SIGTERM, 0 … 1 h.
        public var drainTimeout = Duration.seconds(30)
    }

    /// The listener for management API and dashboard.
    public struct Admin: Sendable, Hashable {
        /// Where it listens; port 0 lets the system choose.
        public var address = ListenAddress(host: "127.0.0.1", port: 5100)
        /// A PEM file with the certificate chain; nil means plain HTTP.
        public var tlsCertificate: String?
        /// A PEM file with the private key of the certificate.
        public var tlsKey: String?
        /// Host names by which browsers may reach the listener, besides its own address and the loopback ones: up to 20.
        /// Any other name is refused, so that no foreign site can be pointed at it.
        public var hosts: [String] = []
        /// Management requests per minute and key, 0 … 1,000,000; 0 means no limit.
        public var requestsPerMinute = 60
        /// A folder to serve the dashboard from instead of the one inside the program; for work on the dashboard.
        public var dashboardDirectory: String?
    }

    /// How money is written down.
    public struct Ledger: Sendable, Hashable {
        /// What a ledger entry survives.
        public var durability = Durability.process
        /// The size of one journal segment in bytes, 64 KiB … 1 GiB.
        public var segmentSize = 4 << 20
        /// The most that all journal segments take in bytes, 1 MiB … 64 GiB, and at least six segments; with all of it
        /// waiting to be written to the ledger, requests are refused.
        public var journalLimit = 256 << 20

        /// What a ledger entry survives.
        public enum Durability: String, Sendable, CaseIterable {
            /// The death of the process; a power cut may cost the last second.
            case process
            /// A power cut too: the last byte of an answer waits for the disk.
            case power
        }
    }

    /// What is kept of requests, and for how long.
    public struct Records: Sendable, Hashable {
        /// Days that the record of a request is kept, 1 … 3650.
        public var metadataDays = 90
        /// Days that request and response bodies are kept, 0 … 3650; 0 means that they are never stored.
        public var payloadDays = 30
        /// Months that the hourly figures are kept, 1 … 120.
        public var aggregateMonths = 13
        /// Years that ledger rows are kept, 1 … 30.
        public var billingYears = 7
        /// Days that the audit log is kept, 1 … 10,950.
        public var auditDays = 730
        /// Bytes that all bodies together may take on disk, 1 MiB … 64 TiB; the oldest go first.
        public var storeLimit = 20 << 30
        /// The most bytes of one body that are stored, 0 … 64 MiB; the rest is cut off, and the record says so.
        public var bodyLimit = 1 << 20
        /// Bytes of bodies that may wait to be written, 1 MiB … 4 GiB; past it bodies are left out, never records.
        public var queueLimit = 64 << 20
    }

    /// How providers are reached.
    public struct Upstream: Sendable, Hashable {
        /// A PEM file with certificate authorities to trust besides the system's.
        public var caFile: String?
        /// The most connections of one event loop to one origin, 1 … 100,000.
        public var connectionLimit = 1024
        /// How long an unused connection is kept, 1 s … 1 h.
        public var idleTimeout = Duration.seconds(55)
        /// The largest answer that is not a stream, in bytes, 1 KiB … 1 GiB.
        public var bodyLimit = 64 << 20
        /// Until a connection stands, 10 ms … 5 min; a routing config can say otherwise, as for the three below.
        public var connectTimeout = Duration.seconds(5)
        /// From a request's last byte to the answer's head, 10 ms … 1 h.
        public var firstByteTimeout = Duration.seconds(120)
        /// Between two pieces of an answer, 10 ms … 1 h.
        public var readTimeout = Duration.seconds(60)
        /// From the start of an attempt to its end, 10 ms … 24 h.
        public var totalTimeout = Duration.seconds(600)
    }

    /// How alerts leave the house.
    public struct Alerts: Sendable, Hashable {
        /// A PEM file with certificate authorities to trust besides the system's, for webhooks and the mail server.
        public var caFile: String?
        /// How long a receiver or the mail server may take for one event, 1 s … 2 min.
        public var timeout = Duration.seconds(10)
        /// Days that events and their deliveries are kept, 1 … 365.
        public var deliveryDays = 30
        /// Events, and deliveries, that are kept at most, 100 … 1,000,000; the oldest go first.
        public var deliveryLimit = 50_000
    }

    /// The mail server for alerts.
    public struct Mail: Sendable, Hashable {
        /// Its name or address; nil means that no mail is sent.
        public var host: String?
        /// Its port, 1 … 65535.
        public var port = 587
        /// How the connection is secured.
        public var security = Security.starttls
        /// The name to sign in with; nil for no sign-in.
        public var user: String?
        /// A file with the password.
        public var passwordFile: String?
        /// Whom mails come from.
        public var from: String?

        /// How the connection to the mail server is secured.
        public enum Security: String, Sendable, CaseIterable {
            /// Plain at first, TLS before anything that matters; port 587.
            case starttls
            /// TLS from the first byte; port 465.
            case tls
            /// Not at all: only for a server on this machine.
            case none
        }
    }

    /// What the program says of itself, on standard error.
    public struct Log: Sendable, Hashable {
        /// The least important level that is written.
        public var level = Level.info
        /// How a line looks.
        public var format = Format.text

        /// How important a line is.
        public enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        /// How a line looks.
        public enum Format: String, Sendable, CaseIterable {
            /// For people.
            case text
            /// One JSON object a line.
            case json
        }
    }
}

/// A host and a port to listen at.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address; IPv6 without brackets.
    public var host: String
    /// 0 … 65535; 0 lets the system choose.
    public var port: Int

    /// Joins host and port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `:8080` (which means every address); nil when it is something else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: Int(port))
    }

    /// The form that `init(_:)` reads.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
