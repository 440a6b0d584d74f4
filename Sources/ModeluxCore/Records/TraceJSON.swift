/// The decision trace of a record as JSON (`contract`: decision trace): answers, log details and dry runs show the same.
public enum TraceJSON {
    /// The trace object of a record.
    public static func text(of record: RequestRecord) -> String {
        var json = JSONText()
        json.object { json in
            json.member("request_id", record.requestID.description)
            json.member("resolved", record.trace?.resolution.rawValue)
            json.key("config")
            if let config = record.config {
                json.object { json in
                    json.member("slug", config.slug)
                    json.member("version", Int64(config.version))
                }
            } else {
                json.null()
            }
            json.member("policy", record.trace?.policy)
            json.key("rules")
            json.array { json in
                for rule in record.trace?.rules ?? [] { write(rule, to: &json) }
            }
            json.key("candidates")
            json.array { json in
                for candidate in record.trace?.candidates ?? [] { write(candidate, to: &json) }
            }
            json.key("attempts")
            json.array { json in
                for attempt in record.attempts { write(attempt, to: &json) }
            }
            json.key("budgets")
            json.array { json in
                for budget in record.trace?.budgets ?? [] { write(budget, to: &json) }
            }
            json.key("cache")
            write(record.trace?.cache, to: &json)
            json.member("variant", record.trace?.variant)
            json.key("dropped")
            json.array { json in
                for part in record.trace?.dropped ?? [] { json.string(part) }
            }
            json.member("decision", record.trace?.decision)
            json.member("reason", record.trace?.reason)
            json.member("gateway_ms", record.latency.gatewayMilliseconds)
        }
        return json.text
    }

    private static func write(_ candidate: DecisionTrace.Candidate, to json: inout JSONText) {
        json.object { json in
            json.member("target", candidate.target)
            json.member("verdict", candidate.verdict.rawValue)
            json.member("reason", candidate.reason)
            if let cost = candidate.expectedCost {
                json.member("expected_cost_usd", cost)
            } else {
                json.member("expected_cost_usd", nil as String?)
            }
            json.member("p50_latency_ms", candidate.medianMilliseconds)
        }
    }

    /// One rule, as traces and forecasts show it.
    public static func write(_ rule: Plan.RuleOutcome, to json: inout JSONText) {
        json.object { json in
            json.member("index", Int64(rule.index))
            json.member("if", rule.condition)
            json.member("matched", rule.matched)
        }
    }

    private static func write(_ note: DecisionTrace.CacheNote?, to json: inout JSONText) {
        guard let note else { return json.null() }
        json.object { json in
            json.member("mode", note.mode.rawValue)
            json.member("result", note.result.rawValue)
            if let saved = note.saved { json.member("saved_usd", saved) }
        }
    }

    private static func write(_ budget: DecisionTrace.BudgetLine, to json: inout JSONText) {
        json.object { json in
            json.member("name", budget.name)
            json.member("subject", budget.subject)
            json.member("action", budget.action.rawValue)
            json.member("enforced", budget.isEnforced)
            json.member("spend_usd", budget.spend)
            json.member("held_usd", budget.held)
            json.member("cap_usd", budget.cap)
        }
    }

    /// One attempt, as the trace and the log detail show it.
    public static func write(_ attempt: AttemptRecord, to json: inout JSONText) {
        json.object { json in
            json.member("number", Int64(attempt.number))
            json.member("provider", attempt.provider)
            json.member("credential", attempt.providerID.text)
            json.member("model", attempt.model)
            json.member("outcome", attempt.outcome.rawValue)
            json.member("status", attempt.status.map(Int64.init))
            json.member("started_ms", attempt.startedMilliseconds)
            json.member("first_byte_ms", attempt.firstByteMilliseconds)
            json.member("duration_ms", attempt.durationMilliseconds)
            json.key("usage")
            write(attempt.usage, to: &json)
            json.member("cost_usd", attempt.cost.total)
            json.member("price_id", attempt.cost.priceID)
            json.member("service_tier", attempt.serviceTier)
            json.member("reason", attempt.reason)
        }
    }

    /// Usage by bucket, as attempts and log details show it. Audio tokens, which only their price sets apart, are shown
    /// as a part of `input_tokens` and `output_tokens`, as providers report them.
    public static func write(_ usage: Usage, to json: inout JSONText) {
        json.object { json in
            json.member("input_tokens", saturatingSum(usage.input, usage.audioInput))
            json.member("cached_input_tokens", usage.cachedInput)
            json.member("cache_write_5m_tokens", usage.cacheWrite5m)
            json.member("cache_write_1h_tokens", usage.cacheWrite1h)
            json.member("output_tokens", saturatingSum(usage.output, usage.audioOutput))
            json.member("reasoning_tokens", usage.reasoning)
            if usage.audioInput > 0 { json.member("audio_input_tokens", usage.audioInput) }
            if usage.audioOutput > 0 { json.member("audio_output_tokens", usage.audioOutput) }
            json.member("estimated", usage.isEstimated)
        }
    }
}
