#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace syncwatch::lab {

/// Where a store keeps what it holds: gone with its processes, or there again after a kill -9.
enum class ObjectsIn : std::uint8_t { Memory, Disk };

/// A Ceph of one monitor, one store and one S3 gateway: its files, and what is run to make it and
/// to start it. Whoever uses it runs that.
struct CephCluster {
    using Command = std::vector<std::string>;
    using Run = std::function<Result<>(Command)>;  ///< Runs a tool to its end.

    std::filesystem::path folder;  ///< Short: a socket's path may have 107 bytes.
    std::uint16_t monitor_port = 0;
    std::uint16_t first_port = 0;  ///< Of those that the store picks its own from.
    std::uint16_t last_port = 0;
    std::uint16_t http_port = 0;
    std::uint16_t https_port = 0;
    ObjectsIn objects = ObjectsIn::Memory;

    std::string configuration() const;
    /// Makes folders and files, and a monitor that knows of no store yet. The folder belongs to
    /// whom servers run as. Errors: those of `run`.
    Result<> make(const Run& run) const;
    /// With the monitor running: a new store. Errors: those of `run`.
    Result<> make_store(const Run& run) const;
    /// With all running: somebody who may make buckets. Errors: those of `run`.
    static Result<> make_user(const Run& run, const std::string& name,
                              const std::string& access_key, const std::string& secret_key);

    static Command monitor();
    static Command store();
    /// It listens only when the store behind it answers.
    static Command gateway();
};

}  // namespace syncwatch::lab
