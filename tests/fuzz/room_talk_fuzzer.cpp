// A conversation with a live room: each line is said by one of three people (its first character),
// or is a word: somebody drops, comes back, or time passes. Whatever is said, the room stays whole.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "harness/live_room_world.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

class Talk {
public:
    Talk() : room_(world_.room(Hold::Everyone)) {
        people_[0] = &world_.join(world_.ada, room_);
        people_[1] = &world_.join(world_.user("Bo"), room_);
        people_[2] = &world_.join(world_.user("Cy"), room_);
        world_.add(*people_[0], world_.film(60));
        world_.add(*people_[0], world_.film(90));
    }

    void take(std::string_view line) {
        if (line.empty()) return;
        TestClient*& person = people_[static_cast<unsigned char>(line[0]) % 3];
        const std::string_view rest = line.substr(1);
        if (rest == "drop") {
            if (person->session != nullptr) world_.drop(*person);
        } else if (rest == "back") {
            if (person->session != nullptr) world_.drop(*person);
            person = &world_.resume(*person, room_);
        } else if (rest == "wait") {
            world_.run(3s);
        } else if (is_utf8(rest)) {
            person->say(rest);
            world_.world.settle();
        }
    }

    void check() {
        world_.run(12s);
        const Queue& queue = world_.data.queues[room_].queue;
        const auto& saved = world_.data.playback[room_].playback;
        SW_ASSERT(saved.item.has_value() == !queue.items.empty());
        SW_ASSERT(!saved.item || queue.find(*saved.item) != nullptr);
        SW_ASSERT(saved.position >= 0);
    }

private:
    LiveRoomWorld world_;
    const RoomCode room_;
    std::array<TestClient*, 3> people_{};
};

}  // namespace
}  // namespace syncwatch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view lines(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
    syncwatch::Talk talk;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        talk.take(line);
    }
    talk.check();
    return 0;
}
