enum ControlDescription { static let yaml = "" }
