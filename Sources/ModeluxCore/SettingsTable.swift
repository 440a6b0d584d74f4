extension Setting {
    /// Every key, in the order of the example file.
    public static let all: [Setting] = [
        .text("data_directory", \.dataDirectory),

        .address("proxy.address", \.proxy.address),
        .file("proxy.tls_certificate", \.proxy.tlsCertificate),
        .file("proxy.tls_key", \.proxy.tlsKey),
        .count("proxy.threads", 0...256, \.proxy.threads),
        .size("proxy.body_limit", kibibyte...gibibyte, \.proxy.bodyLimit),
        .size("proxy.head_limit", kibibyte...mebibyte, \.proxy.headLimit),
        .count("proxy.header_limit", 10...1000, \.proxy.headerLimit),
        .count("proxy.connection_limit", 1...1_000_000, \.proxy.connectionLimit),
        .size("proxy.buffer_limit", mebibyte...64 * gibibyte, \.proxy.bufferLimit),
        .duration("proxy.head_timeout", .seconds(1) ... .seconds(300), \.proxy.headTimeout),
        .size("proxy.body_rate", 1...mebibyte, \.proxy.bodyRate),
        .duration("proxy.body_timeout", .seconds(1) ... .seconds(600), \.proxy.bodyTimeout),
        .duration("proxy.write_timeout", .seconds(1) ... .seconds(3600), \.proxy.writeTimeout),
        .duration("proxy.idle_timeout", .seconds(1) ... .seconds(3600), \.proxy.idleTimeout),
        .duration("proxy.drain_timeout", .zero ... .seconds(3600), \.proxy.drainTimeout),

        .address("admin.address", \.admin.address),
        .file("admin.tls_certificate", \.admin.tlsCertificate),
        .file("admin.tls_key", \.admin.tlsKey),
        .names("admin.hosts", 0...20, \.admin.hosts),
        .count("admin.requests_per_minute", 0...1_000_000, \.admin.requestsPerMinute),
        .file("admin.dashboard_directory", \.admin.dashboardDirectory),

        .choice("ledger.durability", \.ledger.durability),
        .size("ledger.segment_size", 64 * kibibyte...gibibyte, \.ledger.segmentSize),
        .size("ledger.journal_limit", mebibyte...64 * gibibyte, \.ledger.journalLimit),

        .count("records.metadata_days", 1...3650, \.records.metadataDays),
        .count("records.payload_days", 0...3650, \.records.payloadDays),
        .count("records.aggregate_months", 1...120, \.records.aggregateMonths),
        .count("records.billing_years", 1...30, \.records.billingYears),
        .count("records.audit_days", 1...10_950, \.records.auditDays),
        .size("records.store_limit", mebibyte...64 * 1024 * gibibyte, \.records.storeLimit),
        .size("records.body_limit", 0...64 * mebibyte, \.records.bodyLimit),
        .size("records.queue_limit", mebibyte...4 * gibibyte, \.records.queueLimit),

        .file("upstream.ca_file", \.upstream.caFile),
        .count("upstream.connection_limit", 1...100_000, \.upstream.connectionLimit),
        .duration("upstream.idle_timeout", .seconds(1) ... .seconds(3600), \.upstream.idleTimeout),
        .size("upstream.body_limit", kibibyte...gibibyte, \.upstream.bodyLimit),
        .duration("upstream.connect_timeout", .milliseconds(10) ... .seconds(300), \.upstream.connectTimeout),
        .duration("upstream.first_byte_timeout", .milliseconds(10) ... .seconds(3600), \.upstream.firstByteTimeout),
        .duration("upstream.read_timeout", .milliseconds(10) ... .seconds(3600), \.upstream.readTimeout),
        .duration("upstream.total_timeout", .milliseconds(10) ... .seconds(86_400), \.upstream.totalTimeout),

        .file("alerts.ca_file", \.alerts.caFile),
        .duration("alerts.timeout", .seconds(1) ... .seconds(120), \.alerts.timeout),
        .count("alerts.delivery_days", 1...365, \.alerts.deliveryDays),
        .count("alerts.delivery_limit", 100...1_000_000, \.alerts.deliveryLimit),

        .optionalText("mail.host", \.mail.host),
        .count("mail.port", 1...65_535, \.mail.port),
        .choice("mail.security", \.mail.security),
        .optionalText("mail.user", \.mail.user),
        .file("mail.password_file", \.mail.passwordFile),
        .mailAddress("mail.from", \.mail.from),

        .choice("log.level", \.log.level),
        .choice("log.format", \.log.format),
    ]

    private static let kibibyte = 1 << 10
    private static let mebibyte = 1 << 20
    private static let gibibyte = 1 << 30
}
