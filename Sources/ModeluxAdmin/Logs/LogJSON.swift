import FoundationEssentials
import ModeluxCore
import ModeluxStore

/// Records as the API shows them: one shape for lists, details and the live tail.
enum LogJSON {
    /// The members of a list row, which a detail begins with.
    static func writeSummary(_ record: RequestRecord, to json: inout JSONText) {
        json.member("request_id", record.requestID.description)
        json.member("created_at", record.createdAt.iso8601)
        json.member("project_id", record.projectID?.text)
        json.member("key_id", record.keyID?.text)
        json.member("surface", record.surface.rawValue)
        json.member("endpoint", record.endpoint)
        json.member("stream", record.isStream)
        json.member("requested_model", record.requestedModel)
        json.member("provider", record.provider)
        json.member("model", record.model)
        json.key("config")
        if let config = record.config {
            json.object { json in
                json.member("slug", config.slug)
                json.member("version", Int64(config.version))
            }
        } else {
            json.null()
        }
        json.member("variant", record.trace?.variant)
        json.member("status", Int64(record.status))
        json.member("error_code", record.errorCode)
        json.member("error_message", record.errorMessage)
        json.member("end_user", record.endUser)
        json.key("tags")
        json.object { json in
            for tag in record.tags.pairs { json.member(tag.key, tag.value) }
        }
        json.member("trace_id", record.traceID)
        json.member("conversation_id", record.conversationID)
        json.member("sdk", record.sdk)
        json.key("usage")
        TraceJSON.write(record.usage, to: &json)
        json.key("cost")
        write(record.cost, to: &json)
        json.key("latency")
        json.object { json in
            json.member("first_byte_ms", record.latency.firstByteMilliseconds)
            json.member("total_ms", record.latency.totalMilliseconds)
            json.member("gateway_ms", record.latency.gatewayMilliseconds)
        }
        json.member("cache", record.trace?.cache?.result.rawValue)
        json.member("attempt_count", Int64(record.attempts.count))
        json.member("bodies", record.bodies.rawValue)
    }

    /// A list row.
    static func writeRow(_ record: RequestRecord, to json: inout JSONText) {
        json.object { writeSummary(record, to: &$0) }
    }

    /// The whole record. Bodies that are not to be shown, or are not there, are null.
    static func writeDetail(_ record: RequestRecord, bodies: StoredBodies?, to json: inout JSONText) {
        json.object { json in
            writeSummary(record, to: &json)
            json.key("attempts")
            json.array { json in
                for attempt in record.attempts { TraceJSON.write(attempt, to: &json) }
            }
            json.key("trace")
            if record.trace == nil { json.null() } else { json.raw(TraceJSON.text(of: record)) }
            json.key("request_body")
            write(bodies?.request, to: &json)
            json.key("response_body")
            write(bodies?.response, to: &json)
            json.member("request_body_cut", bodies?.isRequestCut ?? false)
            json.member("response_body_cut", bodies?.isResponseCut ?? false)
        }
    }

    private static func write(_ cost: Cost, to json: inout JSONText) {
        json.object { json in
            json.member("total_usd", cost.total)
            json.member("input_usd", cost.input)
            json.member("cached_input_usd", cost.cachedInput)
            json.member("cache_write_usd", cost.cacheWrite)
            json.member("output_usd", cost.output)
            json.member("other_usd", cost.other)
            json.member("price_id", cost.priceID)
        }
    }

    /// Text as a string; bytes that are no UTF-8 as `{"base64": …}`.
    private static func write(_ body: [UInt8]?, to json: inout JSONText) {
        guard let body else { return json.null() }
        if let text = String(validating: body, as: UTF8.self) {
            json.string(text)
        } else {
            json.object { $0.member("base64", Data(body).base64EncodedString()) }
        }
    }
}
