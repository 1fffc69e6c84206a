#pragma once
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/pg_stream/description.h"
#include "adapters/pg_stream/replication.h"
#include "ports/backup_repository.h"

namespace syncwatch::pg_stream {

/// A copy of a server's files, as pg_basebackup gives it, put into a repository while it comes:
/// nothing of it touches a disk here.
class BaseCopy {
public:
    /// What becomes one object, before it is packed.
    static constexpr std::size_t kPartBytes = std::size_t{16} << 20;

    struct Powers {
        BackupRepository& repository;
        net::thread_pool& pool;
    };
    /// `folder`: where in the repository. `program`: pg_basebackup.
    BaseCopy(Powers powers, std::string folder, std::string program)
        : powers_(powers), folder_(std::move(folder)), program_(std::move(program)) {}

    /// Makes it. `tell` hears how many bytes have come. Errors: Unavailable (component "backup"),
    /// Forbidden (reason "no_replication"), InvalidInput (reason "tablespaces"), Timeout,
    /// Cancelled; Corrupt (it has no end). Then parts of it lie in the folder.
    Async<> run(Access access, std::string label, std::function<void(std::uint64_t)> tell);

    const std::vector<Description::Part>& parts() const { return parts_; }
    std::uint64_t raw_bytes() const { return raw_bytes_; }
    std::uint64_t stored_bytes() const { return stored_bytes_; }
    const NeededLog& needed() const { return needed_; }

private:
    Async<> put_part(std::string bytes);

    const Powers powers_;
    const std::string folder_;
    const std::string program_;
    std::vector<Description::Part> parts_;
    std::uint64_t raw_bytes_ = 0;
    std::uint64_t stored_bytes_ = 0;
    NeededLog needed_;
};

}  // namespace syncwatch::pg_stream
