#pragma once
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "harness/loopback_listener.h"

namespace syncwatch {

/// As much of an S3 store as backups need, on loopback and in memory, with what a test wants to go
/// wrong in it: refused keys, lists that are older than what is there. It believes every signature.
class MemoryS3 {
public:
    struct Request {
        std::string method;
        std::string key;  ///< Empty: the bucket itself.
        std::map<std::string, std::string> query;
    };
    /// S3's own word for why this request is refused; empty: it is not.
    using Refuse = std::function<std::string(const Request&)>;
    /// In that word's place: the connection ends, and nothing is answered.
    static constexpr const char* kCutOff = "cut off";

    ~MemoryS3();

    std::string url() const {
        return fmt::format("s3:http://localhost:{}/films/backups", listener_.port());
    }
    void refuse(Refuse rule) {
        const std::lock_guard lock(mutex_);
        refuse_ = std::move(rule);
    }
    /// Lists do not show what has this in its name, and show the names of `ghosts` all the same.
    void list_stale(std::string hidden, std::set<std::string> ghosts = {}) {
        const std::lock_guard lock(mutex_);
        hidden_ = std::move(hidden);
        ghosts_ = std::move(ghosts);
    }
    /// What is there, below the prefix of url().
    std::map<std::string, std::string> objects() const {
        const std::lock_guard lock(mutex_);
        return objects_;
    }
    /// From now on these are there, and no others: what somebody else did to it.
    void replace(std::map<std::string, std::string> objects) {
        const std::lock_guard lock(mutex_);
        objects_ = std::move(objects);
    }

private:
    struct Client {
        UniqueFd fd;
        std::thread thread;
    };

    void take(UniqueFd fd);
    void serve(int fd);
    std::string answer(const Request& asked, const std::string& head, const std::string& body);
    std::string list(const Request& asked) const;

    std::list<Client> clients_;  // The listener's, until it has ended.
    mutable std::mutex mutex_;   // Guards what follows.
    std::map<std::string, std::string> objects_;
    Refuse refuse_;
    std::string hidden_;
    std::set<std::string> ghosts_;
    LoopbackListener listener_{[this](UniqueFd fd) { take(std::move(fd)); }};
};

}  // namespace syncwatch
