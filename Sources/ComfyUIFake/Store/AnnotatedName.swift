/// A file name with its folder behind it: `pic.png [input]` (`annotated_filepath` in upstream's folder_paths.py).
struct AnnotatedName {
    /// The name without the annotation.
    let name: String
    /// The folder that it names, `nil` without one.
    let folder: FileStore.Folder?

    init(_ text: String) {
        for folder in [FileStore.Folder.output, .input, .temp] {
            let suffix = "[\(folder.rawValue)]"
            guard text.hasSuffix(suffix) else { continue }
            name = String(text.dropLast(suffix.count + 1))
            self.folder = folder
            return
        }
        name = text
        folder = nil
    }
}
