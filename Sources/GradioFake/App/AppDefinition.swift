import JSONTree

/// What a fake Gradio pretends to be: the page's components, the functions behind them and how it was launched.
///
/// Read from an app file (``init(yaml:file:major:)``) or taken from those that come with the program
/// (``bundled(_:major:)``).
public struct AppDefinition: Sendable {
    /// The page's title; `Gradio` unless the file has one.
    public var title = "Gradio"

    /// What the app is for, in a sentence for people; empty if the file does not say.
    public var summary = ""

    /// Where what the file says comes from: a real project, a capture; empty if the file does not say.
    public var source = ""

    /// The version that is played.
    public var major = GradioMajor.six

    /// Whether the page was laid out by hand or comes from `gr.Interface`.
    public var mode = Mode.blocks

    /// How `launch()` was called.
    public var launch = Launch()

    /// How `queue()` was called.
    public var queue = Queue()

    /// The page's components in the order of their making, containers with their children.
    var components: [ComponentDefinition] = []

    /// The id of the page itself; 0 unless the file says otherwise.
    var pageID: Int?

    /// The functions in the order of their ids.
    var functions: [FunctionDefinition] = []

    /// Fields of `/config` that the file sets itself.
    var overrides = JSONObject()

    /// How the page came about: `mode` of `/config`.
    public enum Mode: String, Sendable, CaseIterable {
        /// `gr.Blocks`: components stand where the file puts them.
        case blocks
        /// `gr.Interface`: inputs left, outputs right, with the buttons that it brings along.
        case interface
    }

    /// The arguments of `launch()` that clients notice.
    public struct Launch: Sendable {
        /// Whether the text of an exception that is no `gr.Error` reaches the client.
        public var showError = false
        /// The largest upload in bytes; nil for any.
        public var maxFileSize: Int?
        /// Names and passwords; empty for an app that is open to all.
        public var users: [User] = []
        /// What the login page says.
        public var authMessage: String?
        /// Seconds after which the app closes; nil for one that stays.
        public var closeAfter: Double?
    }

    /// One who may log in.
    public struct User: Sendable, Hashable {
        /// The name, case and all.
        public var name: String
        /// The password.
        public var password: String

        /// A name and its password.
        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    /// The arguments of `queue()`.
    public struct Queue: Sendable {
        /// How many events may wait at once, over all functions; nil for any number.
        public var maxSize: Int?
        /// How many events of a function run at once unless the function says otherwise; nil for any number.
        public var defaultConcurrencyLimit: Int? = 1
        /// Whether functions may be called without joining the queue (`api_open`).
        public var apiOpen = true
    }
}

/// A component of the page as the app file has it.
struct ComponentDefinition: Sendable {
    /// The key of its template: its Python class in lower case.
    var kind: String
    /// The name by which functions refer to it.
    var name: String?
    /// The properties that the file gives.
    var properties = JSONObject()
    /// What it holds, if it is a container.
    var children: [ComponentDefinition] = []
    /// Its id on the page; nil for the next in order.
    var id: Int?
    /// Properties that its class does not name.
    var furtherProperties = JSONObject()
    /// Fields of its entry of `/config` that the file sets itself.
    var overrides = JSONObject()

    /// The component and all that it holds.
    var withDescendants: [ComponentDefinition] { [self] + children.flatMap(\.withDescendants) }
}

/// A function of the app and where it hangs on the page.
struct FunctionDefinition: Sendable {
    /// An argument of the function and the component that its value comes from.
    struct Input: Sendable {
        /// The argument's name in the API description.
        var parameter: String
        /// The component's name.
        var component: String
        /// Whether the function's own default is None, so that the argument may be left out.
        var isOptional = false
    }

    /// An event of a component that calls the function.
    struct Trigger: Sendable {
        var component: String
        var event: String
    }

    /// Who sees the function in the API description.
    enum Visibility: String, Sendable, CaseIterable {
        case `public`, undocumented, `private`
    }

    /// How many runs at once.
    enum Concurrency: Sendable, Hashable {
        /// As `queue()` says.
        case byDefault
        case limit(Int)
        case unlimited
    }

    /// A check of one argument before the event joins the queue.
    struct Validator: Sendable {
        var condition: ValueTemplate
        var message: ValueTemplate
    }

    var apiName: String
    var inputs: [Input] = []
    var outputs: [String] = []
    var triggers: [Trigger] = []
    var isQueued = true
    var batchSize: Int?
    var concurrency = Concurrency.byDefault
    var concurrencyID: String?
    var visibility = Visibility.public
    var description = ""
    /// The functions that a press of this one's trigger cancels.
    var cancels: [String] = []
    /// Whether the outputs are a stream (`connection: "stream"`).
    var isStream = false
    /// One for each argument; empty for a function without a validator.
    var validators: [Validator] = []
    /// What it does; nil for a function that runs in the browser.
    var behaviour: Behaviour?
    /// Fields of the dependency that the file sets itself.
    var overrides = JSONObject()
    /// Fields of its entry of the API description that the file sets itself: `parameters` by argument, `returns` by component.
    var descriptionOverrides = JSONObject()
}
