import ModeluxCore

extension RoutingReader {
    /// The names of all policies.
    static let policies = [
        "single", "fallback_chain", "cost_optimized", "latency_optimized", "ensemble", "ab_test", "cascade",
        "custom_rules",
    ]

    /// The policy of a name, from this object's settings; nil when something is wrong with it.
    /// - Throws: `Refusal` when there is no such policy.
    mutating func policy(_ name: String) throws -> Policy? {
        guard fields.isEmpty else { return nil }
        switch name {
        case "single": return target().map(Policy.single)
        case "fallback_chain":
            let rules = retryRules()
            return .fallbackChain(FallbackChain(targets: targets("models"), rules: rules))
        case "cost_optimized":
            let quality: Model.QualityTier? = word("quality_tier", ["economy", "standard", "premium"])
            let latency = milliseconds("max_latency_ms")
            return .costOptimized(
                CostOptimized(
                    targets: targets(has("models") ? "models" : "allowed_models"), quality: quality,
                    maximumLatency: latency))
        case "latency_optimized":
            return .latencyOptimized(
                LatencyOptimized(
                    targets: targets("models"), percentile: number("percentile", 1...100) ?? 50,
                    window: .seconds(integer("window_s", 1...3600) ?? 300),
                    explorePercent: number("explore_pct", 0...100) ?? 5))
        case "ensemble": return ensemble()
        case "ab_test": return abTest()
        case "cascade":
            return .cascade(
                Cascade(
                    steps: elements("steps", needs: "at least one step") { tree, path, fields in
                        RoutingReader.step(tree, at: path, into: &fields)
                    }))
        case "custom_rules":
            let rules = elements("rules", needs: "at least one rule") { tree, path, fields in
                RoutingReader.rule(tree, at: path, into: &fields)
            }
            if let early = rules.dropLast().firstIndex(where: { $0.rule == nil }) {
                report("rules[\(early)].else", "must be the last: nothing after it is ever looked at")
            }
            return .customRules(CustomRules(rules: rules))
        default:
            let nearest = RoutingReader.policies.min {
                Nearness.distance(name, $0) < Nearness.distance(name, $1)
            }
            throw Refusal.invalid(
                "policy",
                "\"\(name.prefix(60))\" is not known: did you mean \"\(nearest ?? "single")\"? There are "
                    + RoutingReader.policies.joined(separator: ", "))
        }
    }

    private mutating func retryRules() -> RetryRules {
        var rules = RetryRules()
        if let words = texts("retry_on") {
            rules.causes = []
            rules.statuses = []
            for word in words {
                switch word {
                case "429", "rate_limit", "rate_limited": rules.causes.insert(.rateLimit)
                case "5xx": rules.causes.insert(.serverError)
                case "timeout": rules.causes.insert(.timeout)
                case "connection": rules.causes.insert(.connection)
                case "401", "403", "auth": rules.causes.insert(.credential)
                default:
                    guard let status = Int(word), (400...599).contains(status) else {
                        report(
                            "retry_on",
                            "\"\(word.prefix(40))\" is not known: use \"429\", \"5xx\", \"timeout\", \"connection\" or "
                                + "a status")
                        continue
                    }
                    rules.statuses.append(status)
                }
            }
        }
        rules.totalBudget = milliseconds("total_budget_ms")
        rules.retriesPerTarget = integer("retries_per_target", 0...10).map(Int.init) ?? 0
        rules.backoff = integer("backoff_ms", 0...60_000).map { .milliseconds($0) } ?? rules.backoff
        return rules
    }

    private mutating func ensemble() -> Policy? {
        let members = targets("members")
        let timeout = milliseconds("timeout_ms")
        let minimum = integer("min_members", 1...64).map(Int.init) ?? 1
        if !members.isEmpty, minimum > members.count { report("min_members", "is more than there are members") }
        var test: AnswerTest?
        var problems: [Refusal.Field] = []
        if let tree = take("validate"), tree != .null {
            test = RoutingReader.test(tree, at: place("validate"), into: &problems)
        }
        var judge: Judge?
        if let tree = take("judge"), tree != .null {
            judge = RoutingReader.judge(tree, at: place("judge"), into: &problems)
        }
        add(problems)
        let name = text("aggregation") ?? "first_valid"
        if test?.judge != nil { report("validate.judge", "is asked in cascades only: use llm_judge") }
        if test != nil, name != "first_valid" { report("validate", "is looked at by first_valid only") }
        if judge != nil, name != "llm_judge" { report("judge", "is asked by llm_judge only") }
        let aggregation: Ensemble.Aggregation
        switch name {
        case "first_valid": aggregation = .firstValid(test)
        case "weighted_vote": aggregation = .weightedVote
        case "weighted_average": aggregation = .weightedAverage
        case "llm_judge":
            guard let judge else {
                if problems.isEmpty { report("judge", "is required: llm_judge needs a target that judges") }
                return nil
            }
            aggregation = .judge(judge)
        default:
            report(
                "aggregation",
                "must be one of \"first_valid\", \"weighted_vote\", \"weighted_average\", \"llm_judge\"")
            return nil
        }
        return .ensemble(
            Ensemble(members: members, aggregation: aggregation, timeout: timeout, minimumMembers: minimum))
    }

    private mutating func abTest() -> Policy? {
        let stickiness: ABTest.Stickiness? = word("sticky_by", ["end_user", "conversation", "none"])
        let variants = elements("variants", needs: "at least one variant") { tree, path, fields -> ABTest.Variant? in
            var reader = RoutingReader(tree, at: path)
            guard reader.fields.isEmpty else {
                fields += reader.fields
                return nil
            }
            let name = reader.text("name")
            if name == nil { reader.report("name", "must name the variant") }
            let target = reader.target()
            reader.refuseRest()
            fields += reader.fields
            guard let name, let target else { return nil }
            guard name.utf8.count <= 64, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                fields.append(Refusal.Field("\(path).name", "must be 1 to 64 visible ASCII characters"))
                return nil
            }
            return ABTest.Variant(name: name, target: target)
        }
        if Set(variants.map(\.name)).count < variants.count { report("variants", "two variants have the same name") }
        if !variants.isEmpty, !variants.contains(where: { $0.target.weight > 0 }) {
            report("variants", "at least one variant needs a weight above 0")
        }
        return .abTest(ABTest(variants: variants, stickiness: stickiness ?? .endUser))
    }

    private static func step(_ tree: JSONTree, at path: String, into fields: inout [Refusal.Field]) -> Cascade.Step? {
        var reader = RoutingReader(tree, at: path)
        guard reader.fields.isEmpty else {
            fields += reader.fields
            return nil
        }
        var accept: AnswerTest?
        var problems: [Refusal.Field] = []
        if let tree = reader.take("accept"), tree != .null {
            accept = test(tree, at: "\(path).accept", into: &problems)
        }
        let target: Target?
        if let tree = reader.take("target") {
            target = Self.target(tree, at: "\(path).target", into: &problems)
        } else {
            target = reader.target()
        }
        reader.refuseRest()
        fields += reader.fields + problems
        return target.map { Cascade.Step(target: $0, accept: accept) }
    }

    private static func rule(
        _ tree: JSONTree, at path: String, into fields: inout [Refusal.Field]
    ) -> CustomRules.Entry? {
        var reader = RoutingReader(tree, at: path)
        guard reader.fields.isEmpty else {
            fields += reader.fields
            return nil
        }
        let isElse = reader.has("else")
        var rule: Rule?
        if !isElse {
            guard let text = reader.text("if") else {
                reader.report("if", "must be a condition, such as \"tags.team == 'support'\"")
                fields += reader.fields
                return nil
            }
            do throws(RuleError) {
                rule = try Rule(text)
            } catch {
                reader.report("if", error.sentence)
            }
        }
        let key = isElse ? "else" : "then"
        var then: CustomRules.Consequence?
        var problems: [Refusal.Field] = []
        if let tree = reader.take(key) {
            if let block = tree["block"] {
                if let message = block.stringValue, !message.isEmpty, tree.objectValue?.count == 1 {
                    then = .block(message)
                } else {
                    reader.report("\(key).block", "must be the message of the refusal, and stand alone")
                }
            } else {
                then = target(tree, at: "\(path).\(key)", into: &problems).map(CustomRules.Consequence.target)
            }
        } else {
            reader.report(key, "must be a target, or {\"block\": message}")
        }
        reader.refuseRest()
        fields += reader.fields + problems
        return then.map { CustomRules.Entry(rule: rule, then: $0) }
    }

    private static func test(_ tree: JSONTree, at path: String, into fields: inout [Refusal.Field]) -> AnswerTest? {
        var reader = RoutingReader(tree, at: path)
        guard reader.fields.isEmpty else {
            fields += reader.fields
            return nil
        }
        var test = AnswerTest(finishReasons: reader.texts("finish_reason") ?? [])
        test.minimumCharacters = reader.integer("min_chars", 1...10_000_000).map(Int.init)
        if let text = reader.text("regex") {
            do throws(PatternError) {
                test.pattern = try Pattern(text)
            } catch {
                reader.report("regex", "at character \(error.position): \(error.message)")
            }
        }
        if let tree = reader.take("json_schema"), tree != .null {
            do throws(SchemaError) {
                // Also in the frame that OpenAI's response_format has around it.
                test.schema = try JSONSchema(tree["schema"] ?? tree)
            } catch {
                reader.report("json_schema\(error.path)", error.message)
            }
        }
        var problems: [Refusal.Field] = []
        if let tree = reader.take("judge"), tree != .null {
            test.judge = judge(tree, at: "\(path).judge", into: &problems)
        }
        reader.refuseRest()
        fields += reader.fields + problems
        return test
    }

    private static func judge(_ tree: JSONTree, at path: String, into fields: inout [Refusal.Field]) -> Judge? {
        var criterion: String?
        var rest = tree
        if case .object(let members) = tree, let prompt = tree["prompt"] {
            guard let text = prompt.stringValue, text.utf8.count <= 8192 else {
                fields.append(Refusal.Field("\(path).prompt", "must be a string of at most 8192 bytes"))
                return nil
            }
            criterion = text
            rest = .object(members.filter { $0.key != "prompt" })
        }
        return target(rest, at: path, into: &fields).map { Judge(target: $0, criterion: criterion) }
    }
}
