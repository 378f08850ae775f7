/// The functions that an app file may call in its expressions.
enum ExpressionFunction: String, Sendable, CaseIterable {
    // Python's own.
    case abs, bool, float, int, len, list, max, min, range, round, str, sum
    // Python's methods of texts, written as functions.
    case join, lower, replace, split, title, upper
    /// A number that follows from a text: `hash(prompt)`.
    case hash
    /// An element of a list, chosen by a number or a text: `pick(["a", "b"], prompt)`.
    case pick
    /// The size of a file in bytes.
    case size
    /// The length of a sound in seconds.
    case seconds
    /// A text file: `file("notes.txt", text)`.
    case file
    /// A file from base64: `binary("x.bin", "AAEC")`.
    case binary
    /// A pure tone: `sine(440, seconds=1)`.
    case sine
    /// A tune: `sound(prompt=text, seed=1, seconds=5)`.
    case sound
    /// Another sound at another pitch: `pitched(audio, 12)`.
    case pitched
    /// A picture: `picture(prompt=text, seed=1, width=512, height=512)`.
    case picture
    /// A picture of one colour: `plain(4, 4, 60, 10, 10)`.
    case plain
    /// A film: `video(prompt=text, seed=1, frames=16)`.
    case video
}
