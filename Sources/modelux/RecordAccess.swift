import ModeluxAdmin
import ModeluxCore
import ModeluxStore

extension RecordSource {
    /// The management API's questions, answered from the files of a data directory.
    init(dataDirectory: String) {
        let logs = LogQuery(dataDirectory: dataDirectory)
        let analytics = AnalyticsQuery(dataDirectory: dataDirectory)
        self.init(
            list: { filter, limit, cursor in
                let before = try cursor.map { text in
                    guard let id = RequestID(text) else {
                        throw Refusal(.invalidJSON, "the cursor is not one that a list gave: leave it out")
                    }
                    return id
                }
                let page = try await logs.list(ModeluxStore.LogFilter(filter), before: before, limit: limit)
                return RecordPage(records: page.records, nextCursor: page.next?.description)
            },
            find: { try await logs.record($0) },
            bodies: { id in
                try await logs.bodies(of: id).map {
                    RecordBodies(requestID: id, request: $0.request, response: $0.response)
                }
            },
            report: { request in
                Report(try await analytics.report(AnalyticsRequest(request)))
            })
    }
}

extension ModeluxStore.LogFilter {
    fileprivate init(_ filter: ModeluxAdmin.LogFilter) {
        self.init()
        start = filter.start
        end = filter.end
        projectID = filter.projectID?.text
        keyID = filter.keyID?.text
        status = filter.status
        errorCode = filter.errorCode
        model = filter.model
        provider = filter.provider
        endUser = filter.endUser
        // The pairs come from a `Tags`, so that no limit can be passed.
        for tag in filter.tags { try? tags.set(tag.key, to: tag.value) }
        traceID = filter.traceID
        conversationID = filter.conversationID
        minimumLatencyMilliseconds = filter.minimumLatencyMilliseconds
        minimumCost = filter.minimumCost
        text = filter.text
    }
}

extension AnalyticsRequest {
    fileprivate init(_ request: ReportRequest) throws {
        self.init(
            start: request.start, end: request.end, granularity: Granularity(request.granularity),
            groupBy: try request.group.map(Group.init), projectID: request.projectID?.text)
    }
}

extension AnalyticsRequest.Granularity {
    fileprivate init(_ granularity: ReportRequest.Granularity) {
        switch granularity {
        case .minute: self = .minute
        case .hour: self = .hour
        case .day: self = .day
        }
    }
}

extension AnalyticsRequest.Group {
    fileprivate init(_ group: ReportRequest.Group) throws {
        switch group {
        case .model: self = .model
        case .provider: self = .provider
        case .project: self = .project
        case .key: self = .key
        case .config, .endUser, .tag:
            throw Refusal(
                .unsupportedParameter, "figures are kept by model, provider, project and key: group by one of these")
        }
    }
}

extension Report {
    fileprivate init(_ report: AnalyticsReport) {
        self.init(
            series: report.series.map { Row(bucket: $0.start, group: $0.group, figures: Figures($0.figures)) },
            totals: Figures(report.totals))
    }
}

extension Report.Figures {
    fileprivate init(_ figures: AnalyticsFigures) {
        self.init(
            requests: figures.requests, errors: figures.errors, cost: figures.cost,
            inputTokens: figures.usage.promptTotal, outputTokens: figures.usage.output,
            p50Milliseconds: figures.latencyPercentile(0.5), p95Milliseconds: figures.latencyPercentile(0.95),
            p99Milliseconds: figures.latencyPercentile(0.99))
    }
}
