#pragma once
#include <filesystem>
#include <fstream>
#include <string>

namespace syncwatch::harness {

/// While this lives nothing more goes onto the disk of that folder.
class FilledDisk {
public:
    explicit FilledDisk(const std::filesystem::path& folder) : file_(folder / "filling") {
        std::ofstream out(file_, std::ios::binary);
        const std::string block(std::size_t{4} << 10, 'x');
        while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
    FilledDisk(const FilledDisk&) = delete;
    FilledDisk& operator=(const FilledDisk&) = delete;
    ~FilledDisk() {
        std::error_code ignored;
        std::filesystem::remove(file_, ignored);
    }

private:
    const std::filesystem::path file_;
};

}  // namespace syncwatch::harness
