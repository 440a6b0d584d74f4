/// What each metric tells, for the `# HELP` line.
enum MetricDescriptions {
    private static let sentences: [String: String] = [
        "modelux_requests_total": "Finished inference requests by class of status.",
        "modelux_refused_requests_total": "Requests refused before their caller was known, by code.",
        "modelux_input_tokens_total": "Input tokens of all kinds, as providers reported them.",
        "modelux_output_tokens_total": "Output tokens, as providers reported them.",
        "modelux_cost_nanousd_total": "Cost in 10^-9 US dollars.",
        "modelux_attempts_total": "Calls to providers.",
        "modelux_estimated_usage_total": "Operations whose usage had to be estimated.",
        "modelux_cache_hits_total": "Requests answered from the cache.",
        "modelux_cache_misses_total": "Requests for which the cache had no answer.",
        "modelux_cache_saved_nanousd_total":
            "What answers from the cache had cost when they were made, in 10^-9 US dollars.",
        "modelux_request_duration_seconds": "From a request's first byte to its answer's last.",
        "modelux_gateway_duration_seconds": "The gateway's own part of a request's duration.",
        "modelux_open_connections": "Open connections of the inference listener.",
        "modelux_resident_memory_bytes": "Memory that the process occupies.",
        "modelux_open_file_descriptors": "File descriptors in use.",
        "modelux_start_time_seconds": "When the process started, in seconds since 1970.",
        "modelux_snapshot_version": "The version of the configuration in force.",
        "modelux_journal_bytes": "Bytes in the journal that are not drained yet.",
        "modelux_body_queue_bytes": "Bytes of bodies that wait to be written.",
        "modelux_event_queue_events": "Events that wait to be written down.",
        "modelux_dropped_events_total": "Events dropped because their queue was full.",
        "modelux_shed_bodies_total": "Bodies left out because their queue was full.",
    ]

    /// One sentence without a line break.
    static func sentence(for name: String) -> String {
        sentences[name] ?? name.split(separator: "_").dropFirst().joined(separator: " ").capitalizedFirst + "."
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
