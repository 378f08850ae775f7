/// Why a request's body could not be read.
public enum BodyError: Error, Sendable, Equatable {
    /// It is larger than `limit` bytes.
    case tooLarge(limit: Int)
    /// Its chunked framing is broken.
    case malformed
    /// The client left before it was complete, or stalled for too long.
    case disconnected
}

/// A request's body on its way from the connection to the handler. Lives on the loop's thread.
final class RequestBody {
    /// Unread bytes beyond this stop the connection from reading on.
    static let highWater = 512 * 1024

    private(set) var bytes: [UInt8] = []
    private(set) var isComplete: Bool
    private(set) var failure: BodyError?
    /// The length told in the head, if any.
    let declaredLength: Int?
    /// Told when a reader waits for more, and when it took what there was.
    var onDemand: (() -> Void)?
    private var waiter: CheckedContinuation<Void, Never>?
    /// Nobody will read it: bytes are counted and dropped.
    private(set) var isDiscarded = false
    private(set) var discarded = 0
    /// So many bytes are kept of what has been taken, for whoever wants to know afterwards.
    var prefixLimit = 0
    private var prefix: [UInt8] = []
    private var taken = 0

    init(isComplete: Bool, declaredLength: Int?) {
        self.isComplete = isComplete
        self.declaredLength = declaredLength
    }

    /// One that has come from elsewhere, whole or not at all.
    convenience init(_ arrived: Result<[UInt8], BodyError>, declaredLength: Int?) {
        switch arrived {
        case .success(let bytes):
            self.init(isComplete: true, declaredLength: declaredLength)
            self.bytes = bytes
        case .failure(let error):
            self.init(isComplete: false, declaredLength: declaredLength)
            fail(error)
        }
    }

    var isFull: Bool { bytes.count >= Self.highWater }

    /// What has come so far: its beginning, and its size.
    var seen: (prefix: [UInt8], size: Int) {
        let size = taken + bytes.count + discarded
        guard prefix.count < prefixLimit, !bytes.isEmpty else { return (prefix, size) }
        return (prefix + bytes.prefix(prefixLimit - prefix.count), size)
    }

    func append(_ write: (inout [UInt8]) throws(RequestFault) -> Void) throws(RequestFault) {
        try write(&bytes)
        if isDiscarded { dropAll() }
        wakeReader()
    }

    func complete() {
        isComplete = true
        onDemand = nil
        wakeReader()
    }

    func fail(_ error: BodyError) {
        guard !isComplete, failure == nil else { return }
        failure = error
        onDemand = nil
        wakeReader()
    }

    func discard() {
        isDiscarded = true
        dropAll()
        onDemand?()
    }

    /// Takes what has come, waiting for something to come. Nil at the end.
    func next() async throws(BodyError) -> [UInt8]? {
        while bytes.isEmpty {
            if isComplete { return nil }
            if let failure { throw failure }
            await wait()
        }
        defer { onDemand?() }
        return takeAll()
    }

    /// Everything, once it is there.
    func whole(limit: Int) async throws(BodyError) -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw .tooLarge(limit: limit) }
        if let whole = wholeAtHand(limit: limit) { return whole }
        var result: [UInt8] = []
        if let declaredLength { result.reserveCapacity(min(declaredLength, 1 << 20)) }
        while let piece = try await next() {
            result.append(contentsOf: piece)
            if result.count > limit { throw .tooLarge(limit: limit) }
        }
        return result
    }

    /// Everything, if it is there.
    func wholeAtHand(limit: Int) -> [UInt8]? {
        isComplete && bytes.count <= limit ? takeAll() : nil
    }

    /// Everything, once it is there, left in place.
    func peek(limit: Int) async throws(BodyError) -> [UInt8] {
        if isComplete, bytes.count <= limit { return bytes }
        var seen: [UInt8] = []
        let before = (prefix, taken)
        // Whatever happens, what was taken to make room for the rest is there again.
        defer {
            bytes = seen + bytes
            (prefix, taken) = before
        }
        if let declaredLength, declaredLength > limit { throw .tooLarge(limit: limit) }
        while let piece = try await next() {
            seen.append(contentsOf: piece)
            if seen.count > limit { throw .tooLarge(limit: limit) }
        }
        return seen
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            waiter = continuation
            onDemand?()
        }
    }

    private func wakeReader() {
        waiter.take()?.resume()
    }

    private func takeAll() -> [UInt8] {
        if prefixLimit > 0 {
            taken += bytes.count
            if prefix.isEmpty, bytes.count <= prefixLimit {
                prefix = bytes
            } else if prefix.count < prefixLimit {
                prefix += bytes.prefix(prefixLimit - prefix.count)
            }
        }
        defer { bytes = [] }
        return bytes
    }

    private func dropAll() {
        discarded += bytes.count
        bytes = []
    }
}
