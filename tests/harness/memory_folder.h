#pragma once
#include <filesystem>
#include <string>

#include <unistd.h>

namespace syncwatch::harness {

/// A folder in memory, gone with it: for tests that would wait for the disk a thousand times.
/// Where there is no memory that has folders, it is on the disk.
class MemoryFolder {
public:
    MemoryFolder() {
        const std::filesystem::path memory = "/dev/shm";
        const bool usable = ::access(memory.c_str(), W_OK) == 0;
        path_ = (usable ? memory : std::filesystem::temp_directory_path()) /
                ("syncwatch-memory-" + std::to_string(::getpid()));
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    MemoryFolder(const MemoryFolder&) = delete;
    MemoryFolder& operator=(const MemoryFolder&) = delete;
    ~MemoryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace syncwatch::harness
