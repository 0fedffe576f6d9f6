import FoundationEssentials

/// The folder of the copy: nobody else's business.
enum CopyFolder {
    /// Makes the folder, and the file in it, if they are not there: for their owner alone.
    ///
    /// - Returns: whether others may look into it.
    static func prepare(_ folder: String, file: String) throws(LeaseCopyError) -> Bool {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unusable(folder, "it cannot be made")
        }
        // Before SQLite does it, with its own idea of permissions: its other files take after this one.
        let descriptor = open("\(folder)/\(file)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(folder, String(cString: strerror(errno))) }
        close(descriptor)
        sync(folder)
        var status = stat()
        guard stat(folder, &status) == 0 else { throw .unusable(folder, String(cString: strerror(errno))) }
        return status.st_mode & 0o077 != 0
    }

    /// So that the file is still there after a power cut.
    private static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
