#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ports/audit_log.h"
#include "ports/ice_provider.h"
#include "ports/password_hasher.h"
#include "services/rooms/room_films.h"

namespace syncwatch {

/// The library as a test says it is.
class SaidFilms final : public RoomFilms {
public:
    struct Entry {
        RoomFilm film;
        UserId owner;
    };
    std::map<VideoId, Entry> films;

    Async<std::vector<RoomFilm>> find(std::vector<VideoId> videos) override {
        std::vector<RoomFilm> found;
        for (const VideoId video : videos) {
            const auto entry = films.find(video);
            if (entry != films.end()) found.push_back(entry->second.film);
        }
        co_return found;
    }
    Async<> check_may_queue(Principal who, VideoId video) override {
        const auto entry = films.find(video);
        const bool may = entry != films.end() && (who.admin || entry->second.owner == who.user);
        if (!may) co_return fail(ErrorCode::Forbidden, "not your film");
        co_return Result<>();
    }
};

class SaidIce final : public IceProvider {
public:
    std::vector<IceServer> servers;

    IceServers servers_for(UserId, WallTime now) const override {
        return {servers, now + std::chrono::hours(1)};
    }
};

/// Remembers "action subject" of each entry.
class HeardAudit final : public AuditLog {
public:
    std::vector<std::string> entries;

    Async<> record(AuditEntry entry) override {
        entries.push_back(std::string(entry.action) + ' ' + entry.subject);
        co_return Result<>();
    }
    Async<> forget(WallTime) override { co_return Result<>(); }
};

/// Hashes in no time: for tests of everything but the hash.
class QuickHasher final : public PasswordHasher {
public:
    Async<std::string> hash(std::string password) override { co_return "quick:" + password; }
    Async<bool> verify(std::string password, std::string hash) override {
        co_return hash == "quick:" + password;
    }
};

}  // namespace syncwatch
