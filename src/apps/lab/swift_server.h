#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/lab/server_process.h"

namespace syncwatch::lab {

/// OpenStack Swift with its S3 front, on loopback: a second reading of how S3 signs.
class SwiftServer {
public:
    static constexpr const char* kAccessKey = "test:tester";
    static constexpr const char* kSecretKey = "testing";

    /// Starts all of it in `folder`, which lies on a filesystem with extended attributes; takes
    /// several seconds. Errors: Unavailable (not installed, or it does not start), Timeout.
    static Result<std::unique_ptr<SwiftServer>> make(std::filesystem::path folder);

    std::uint16_t port() const { return port_; }

private:
    explicit SwiftServer(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Launch launch(std::vector<std::string> command) const;
    Result<> make_ring(const std::string& kind, std::uint16_t port) const;
    Result<> start_part(const std::string& kind, std::uint16_t port);
    Result<> start_proxy(std::uint16_t cache_port);
    Result<> start(std::vector<std::string> command);

    const std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    std::vector<ServerProcess> processes_;
};

}  // namespace syncwatch::lab
