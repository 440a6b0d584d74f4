import ModeluxCore

/// Finds the route of a request. What is not in the table does not exist.
struct RouteTable: Sendable {
    /// Every route, those with more fixed parts first.
    let routes: [Route]

    /// What a path and a method lead to.
    enum Match {
        case route(Route, parameters: [String: String])
        /// The path exists with these methods only.
        case otherMethods([String])
        case nothing
    }

    init(_ routes: [Route]) {
        self.routes = routes.sorted { $0.literalCount > $1.literalCount }
    }

    func match(_ method: String, _ segments: [String]) -> Match {
        var others: [String] = []
        for route in routes {
            guard let parameters = route.match(segments) else { continue }
            if route.method == method { return .route(route, parameters: parameters) }
            if !others.contains(route.method) { others.append(route.method) }
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }
}
