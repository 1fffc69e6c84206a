#include "services/rooms/stored_room.h"

#include <utility>
#include <vector>

namespace syncwatch {
namespace {

Async<RoomCopy> with_staff_and_bans(RoomPowers& powers, ListedRoom listed) {
    const RoomCode code = listed.room.code;
    RoomCopy copy;
    copy.listed = std::move(listed);
    SW_CO_TRY(copy.staff, co_await powers.rooms.staff(code));
    if (powers.known != nullptr) {
        SW_CO_TRY(copy.bans, co_await powers.rooms.bans(code, powers.clock.wall()));
    }
    co_return copy;
}

}  // namespace

Async<RoomCopy> read_stored_room(RoomPowers& powers, ListedRoom listed, int history) {
    const RoomCode code = listed.room.code;
    SW_CO_TRY(RoomCopy copy, co_await with_staff_and_bans(powers, std::move(listed)));
    SW_CO_TRY(auto page, co_await powers.chat.before(code, std::nullopt, history));
    if (!page.messages.empty()) {
        copy.chat.last_kept = page.messages.back().id;
        copy.chat.told_until = page.messages.back().sent_at;
    }
    copy.chat.kept = std::move(page.messages);
    SW_CO_TRY(copy.queue, co_await powers.queues.load(code));
    std::vector<VideoId> films;
    for (const QueueItem& each : copy.queue.queue.items) films.push_back(each.video);
    if (!films.empty()) {
        SW_CO_TRY(copy.films, co_await powers.films.find(std::move(films)));
    }
    SW_CO_TRY(copy.playback, co_await powers.playback.load(code));
    co_return copy;
}

Async<RoomCopy> read_decisions(RoomPowers& powers, RoomCode code) {
    SW_CO_TRY(auto listed, co_await powers.rooms.find(code));
    co_return co_await with_staff_and_bans(powers, std::move(listed));
}

}  // namespace syncwatch
