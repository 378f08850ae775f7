internal import ComfyUIAssets

/// The files inside the binary.
enum EmbeddedFile {
    /// The node classes of ComfyUI 0.27.1, as `NodeFile` reads them.
    static var objectInfo: [UInt8] {
        var length = 0
        let start = unsafe comfyui_object_info(&length)
        // The C array is constant and of the length that came with it.
        return unsafe Array(UnsafeBufferPointer(start: start, count: length))
    }

    /// What `GET /node_replacements` answers.
    static var nodeReplacements: [UInt8] {
        var length = 0
        let start = unsafe comfyui_node_replacements(&length)
        // As above.
        return unsafe Array(UnsafeBufferPointer(start: start, count: length))
    }

    /// Workflow templates by file name.
    static var templates: [UInt8] {
        var length = 0
        let start = unsafe comfyui_templates(&length)
        // As above.
        return unsafe Array(UnsafeBufferPointer(start: start, count: length))
    }

    /// Subgraphs by id.
    static var subgraphs: [UInt8] {
        var length = 0
        let start = unsafe comfyui_subgraphs(&length)
        // As above.
        return unsafe Array(UnsafeBufferPointer(start: start, count: length))
    }
}
