/// Decides which steps of a node are told (`ProgressBar` in upstream's comfy/utils.py): the first, the last and
/// those with a preview always; others at most every 100 ms and when the change is half a per cent or more.
struct StepReporter {
    private var lastValue: Double?
    private var lastTime = Duration.zero

    /// - Parameter time: since the node began, on the clock of the imitated machine.
    mutating func tells(value: Double, of total: Double, hasPreview: Bool, at time: Duration) -> Bool {
        let isDue: Bool
        if hasPreview || value >= total {
            isDue = true
        } else if let lastValue {
            let change = (value - lastValue) / max(total, 1)
            isDue = value != lastValue && time - lastTime >= .milliseconds(100) && change >= 0.005
        } else {
            isDue = true
        }
        if isDue { (lastValue, lastTime) = (value, time) }
        return isDue
    }
}
