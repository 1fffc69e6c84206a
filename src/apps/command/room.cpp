#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "adapters/system/sodium_sealer.h"
#include "apps/command/admin.h"
#include "gateway/api/representations.h"
#include "services/rooms/presence_board.h"
#include "services/rooms/room_directory.h"
#include "services/rooms/tickets.h"

namespace syncwatch::apps {
namespace {

namespace json = boost::json;

/// The directory as it is outside of the server: nobody is inside.
struct Directory {
    explicit Directory(Admin& admin)
        : sealer({}, admin.powers().random),
          tickets(admin.powers().clock, sealer, admin.bus()),
          rooms({admin.powers().rooms, admin.powers().accounts, admin.powers().hasher,
                 admin.powers().audit, admin.bus(), admin.powers().clock, admin.powers().random,
                 tickets, presence},
                {}) {}

    SodiumSealer sealer;  ///< Of tickets that nobody gets.
    Tickets tickets;
    PresenceBoard presence;
    RoomDirectory rooms;
};

Outcome<> list_rooms(Invocation& invocation) {
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    Directory directory(**admin);
    const auto found = (*admin)->run(directory.rooms.all());
    if (!found) return tl::unexpected<Failure>(found.error());
    std::vector<std::vector<std::string>> rows;
    json::array rooms;
    for (const RoomView& each : *found) {
        rows.push_back({each.room.code.text(), std::string(text(each.room.visibility)),
                        format_rfc3339(each.room.created_at), each.owner_name, each.room.name});
        json::object room = http::room_json(each);
        // Who is inside only the server knows.
        for (const char* unknown : {"present", "members", "mine"}) room.erase(unknown);
        rooms.push_back(std::move(room));
    }
    invocation.out.line(table({"CODE", "VISIBILITY", "CREATED", "OWNER", "NAME"}, rows));
    invocation.out.set("rooms", std::move(rooms));
    return {};
}

Outcome<> remove_room(Invocation& invocation, const std::string& typed,
                      const std::string& confirmed) {
    const auto code = RoomCode::parse(typed);
    if (!code) {
        return give_up(Exit::Usage, "usage", typed + " is no code of a room",
                       "A code has ten characters, as in 7K3F9-QZ0XM.");
    }
    auto admin = Admin::open(invocation);
    if (!admin) return tl::unexpected<Failure>(admin.error());
    const auto found = (*admin)->run((*admin)->powers().rooms.find(*code));
    if (!found) return tl::unexpected<Failure>(found.error());
    const std::string what =
        fmt::format("removing the room {} of {}", found->room.name, found->owner_name);
    if (auto sure = confirm(what, code->text(), confirmed); !sure) return sure;
    Directory directory(**admin);
    if (auto done = (*admin)->run(directory.rooms.remove_as_operator(*code)); !done) return done;
    invocation.out.line(code->text() + " was removed");
    invocation.out.set("code", boost::json::string(code->text()));
    return {};
}

}  // namespace

void add_room(CLI::App& app, Command& chosen) {
    CLI::App* room =
        app.add_subcommand("room", "Rooms: list, remove. Works beside a running server.");
    room->require_subcommand(1);
    room->add_subcommand("list", "Every room, the newest first")->callback([&chosen] {
        chosen.run = list_rooms;
    });
    struct Arguments {
        std::string code;
        std::string confirm;
    };
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* removal = room->add_subcommand("remove", "Remove a room with its chat and queue");
    removal->add_option("code", arguments->code, "The room's code")->required();
    removal->add_option("--confirm", arguments->confirm, "The code again, instead of asking")
        ->type_name("CODE");
    removal->callback([&chosen, arguments] {
        chosen.run = [arguments](Invocation& invocation) {
            return remove_room(invocation, arguments->code, arguments->confirm);
        };
    });
}

}  // namespace syncwatch::apps
