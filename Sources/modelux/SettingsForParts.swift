import ModeluxCore
import ModeluxHTTP
import ModeluxStore

// What the operator's settings mean for each part: the one place where the words of the settings file meet the words of
// the targets.

extension HTTPServerSettings {
    /// What the operator's settings mean for the listener.
    init(_ settings: Settings.Proxy) {
        var tls: TLSFiles?
        if let certificate = settings.tlsCertificate, let key = settings.tlsKey {
            tls = TLSFiles(certificatePath: certificate, privateKeyPath: key)
        }
        self.init(host: settings.address.host, port: settings.address.port, tls: tls)
        headTimeout = settings.headTimeout
        bodyMinimumBytesPerSecond = settings.bodyRate
        bodyWindow = settings.bodyTimeout
        keepAliveIdle = settings.idleTimeout
        writeIdle = settings.writeTimeout
        maximumHeadBytes = settings.headLimit
        maximumHeaderCount = settings.headerLimit
        maximumConnections = min(settings.connectionLimit, ProcessGuards.connectionRoom)
        maximumBufferedBodyBytes = settings.bufferLimit
        drainLimit = settings.drainTimeout
    }
}

extension UpstreamSettings {
    /// What the operator's settings mean for the client.
    init(_ settings: Settings.Upstream) {
        self.init()
        maximumConnectionsPerOrigin = settings.connectionLimit
        keepAliveIdle = settings.idleTimeout
        additionalRootsPath = settings.caFile
    }
}

extension AttemptTimeouts {
    /// What the operator's settings mean for attempts.
    init(_ settings: Settings.Upstream) {
        self.init(
            connect: settings.connectTimeout, firstByte: settings.firstByteTimeout, idle: settings.readTimeout,
            total: settings.totalTimeout)
    }
}

extension Retention.Limits {
    /// What the operator's settings mean for the day files.
    init(_ settings: Settings.Records) {
        self.init(
            recordDays: settings.metadataDays, bodyDays: settings.payloadDays, bodyBytes: settings.storeLimit)
    }
}

extension AlertFile.Limits {
    /// What the operator's settings mean for the log of deliveries.
    init(_ settings: Settings.Alerts) {
        self.init(days: settings.deliveryDays, count: settings.deliveryLimit)
    }
}

extension PipelineSettings {
    /// What the operator's settings mean for journal and body queue.
    init(_ settings: Settings) {
        self.init(
            journal: JournalSettings(
                durability: settings.ledger.durability == .power ? .power : .process,
                segmentBytes: settings.ledger.segmentSize, maximumBytes: settings.ledger.journalLimit),
            bodies: BodyQueue.Limits(
                queueBytes: settings.records.queueLimit, bodyBytes: settings.records.bodyLimit))
    }
}
