#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/system/sodium_sealer.h"
#include "harness/account_world.h"
#include "services/rooms/room_directory.h"

namespace syncwatch {

/// Who a test says is present.
class SaidPresence final : public RoomPresence {
public:
    struct Entry {
        RoomCode room;
        PresentMember who;
    };
    std::vector<Entry> entries;

    std::size_t present(const RoomCode& room) const override { return names(room).size(); }
    std::vector<std::string> names(const RoomCode& room) const override {
        std::vector<std::string> out;
        for (const Entry& each : entries) {
            if (each.room == room) out.push_back(each.who.name);
        }
        return out;
    }
    std::optional<PresentMember> find(const RoomCode& room, UserId user) const override {
        for (const Entry& each : entries) {
            if (each.room == room && each.who.user == user) return each.who;
        }
        return std::nullopt;
    }
};

/// The real room directory over the real accounts; presence is what the test says.
class RoomWorld : public AccountWorld {
public:
    explicit RoomWorld(AccountService::Options options = {},
                       RoomDirectory::Options room_options = {})
        : AccountWorld(std::move(options)),
          sealer({}, random),
          tickets(clock, sealer, bus),
          rooms({room_store, store, hasher, audit, bus, clock, random, tickets, presence},
                std::move(room_options)) {}

    /// An account, signed in. The first one is an admin.
    Principal account(std::string name) { return who(register_as(std::move(name))->token).value(); }
    Principal guest(std::string name) {
        return who(run_to_end(service->guest(std::move(name)))->token).value();
    }
    RoomView room_of(const Principal& owner, RoomDirectory::NewRoom wanted = {}) {
        if (wanted.name.empty()) wanted.name = "Film night";
        return run_to_end(rooms.create(owner, std::move(wanted))).value();
    }
    Result<RoomDirectory::Joined> join(const Principal& who, const RoomView& view,
                                       std::optional<std::string> password = std::nullopt,
                                       std::string address = "192.0.2.1") {
        return run_to_end(rooms.join(who, view.room.code, std::move(password), std::move(address)));
    }
    /// As if the socket of a join had opened.
    PresentMember enter(const RoomDirectory::Joined& joined) {
        const JoinGrant grant = tickets.redeem(joined.ticket).value();
        PresentMember member;
        member.user = grant.who.user;
        member.kind = grant.who.kind;
        member.name = grant.who.display_name;
        member.address = grant.address;
        presence.entries.push_back({grant.room, member});
        return member;
    }

    SodiumSealer sealer;
    Tickets tickets;
    SaidPresence presence;
    RoomDirectory rooms;
};

}  // namespace syncwatch
