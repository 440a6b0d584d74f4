import Glibc
import ModeluxCore
import ModeluxHTTP
import ModeluxStore

/// What the running parts can tell of themselves: for `/metrics`, and for the system page.
struct ApplianceFigures: Sendable {
    let pipeline: RecordPipeline
    let server: HTTPServer
    let dataDirectory: String

    /// Series whose value is asked for at every scrape.
    func register(in metrics: PrometheusRegistry) {
        let (pipeline, server) = (pipeline, server)
        metrics.read("modelux_open_connections") { Int64(server.openConnections) }
        metrics.read("modelux_journal_bytes") { Int64(pipeline.statistics.journal.pendingBytes) }
        metrics.read("modelux_journal_open_operations") { Int64(pipeline.statistics.journal.openOperations) }
        metrics.read("modelux_journal_refused_total") { Int64(clamping: pipeline.statistics.journal.refused) }
        metrics.read("modelux_journal_healthy") { pipeline.statistics.journal.isHealthy ? 1 : 0 }
        metrics.read("modelux_drained_records_total") { Int64(clamping: pipeline.statistics.drainedRecords) }
        metrics.read("modelux_body_queue_bytes") { Int64(pipeline.statistics.bodyBytes) }
        metrics.read("modelux_stored_bodies_total") { Int64(clamping: pipeline.statistics.bodiesStored) }
        metrics.read("modelux_shed_bodies_total") { Int64(clamping: pipeline.statistics.bodiesShed) }
        metrics.read("modelux_resident_memory_bytes") { ProcessFigures.residentBytes }
        metrics.read("modelux_open_file_descriptors") { ProcessFigures.openFiles }
        let started = Int64(time(nil))
        metrics.read("modelux_start_time_seconds") { started }
    }

    /// Why requests cannot be answered although the listeners are open; nil when they can.
    var trouble: String? {
        pipeline.journal.isHealthy ? nil : "the ledger's disk failed: see the log, then restart"
    }

    /// Members of `GET system`.
    func systemStatus(proxyURL: String, adminURL: String) -> [JSONTree.Member] {
        let statistics = pipeline.statistics
        return [
            .init("proxy_url", .string(proxyURL)), .init("admin_url", .string(adminURL)),
            .init("data_directory", .string(dataDirectory)), .init("process_id", .integer(getpid())),
            .init("resident_memory_bytes", .integer(ProcessFigures.residentBytes)),
            .init("open_connections", .integer(server.openConnections)),
            .init("disk", disk),
            .init(
                "journal",
                .members([
                    "healthy": .bool(statistics.journal.isHealthy),
                    "pending_bytes": .integer(statistics.journal.pendingBytes),
                    "allocated_bytes": .integer(statistics.journal.allocatedBytes),
                    "open_operations": .integer(statistics.journal.openOperations),
                    "refused": .integer(statistics.journal.refused),
                    "unsettled_at_start": .integer(statistics.unsettledAtStart),
                    "damaged_at_start": .integer(statistics.damagedAtStart),
                ])),
            .init(
                "bodies",
                .members([
                    "waiting": .integer(statistics.bodiesWaiting), "waiting_bytes": .integer(statistics.bodyBytes),
                    "stored": .integer(statistics.bodiesStored), "shed": .integer(statistics.bodiesShed),
                ])),
            .init("last_store_error", .text(statistics.lastError)),
        ]
    }

    private var disk: JSONTree {
        var figures = statvfs()
        guard statvfs(dataDirectory, &figures) == 0 else { return .null }
        return .members([
            "total_bytes": .integer(figures.f_blocks.multipliedReportingOverflow(by: figures.f_frsize).partialValue),
            "free_bytes": .integer(figures.f_bavail.multipliedReportingOverflow(by: figures.f_frsize).partialValue),
        ])
    }
}
