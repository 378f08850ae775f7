@testable import Connectivity

/// The typed error of something that fails; nil if it does not, or with another error.
func failure(_ body: () async throws -> Void) async -> ConnectivityError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? ConnectivityError
    }
}
