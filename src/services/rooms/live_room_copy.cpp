// The part of LiveRoom that begins: with what the stores have or, while they are away, with what
// another node has. Then, and whenever a change could not be read, the stores are asked until they
// answer: what they say counts, whatever was heard before.
#include <utility>

#include "base/log/log.h"
#include "services/rooms/live_room.h"
#include "services/rooms/stored_room.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// How often stores that are away are asked what there is of the room.
constexpr auto kLookEvery = 1s;
/// A room goes only if they answered so lately: otherwise nobody could come back to it.
constexpr auto kSureFor = 5s;

}  // namespace

Async<> LiveRoom::load(std::optional<RoomCopy> copy) {
    if (!rules_.alone) screening_.set_issuing(false, moment());
    loaded_ = powers_.clock.now();
    peer_speaker_.ask({});
    if (copy) {
        look_again_ = loaded_ + kLookEvery;
    } else {
        ListedRoom listed{room_, owner_name_};
        SW_CO_TRY(copy, co_await read_stored_room(powers_, std::move(listed), rules_.history));
    }
    begin_with(*std::move(copy));
    co_return Result<>();
}

void LiveRoom::begin_with(RoomCopy copy) {
    (void)roster_.set_staff(copy.staff);
    if (powers_.known != nullptr) powers_.known->put(copy.listed, std::move(copy.bans));
    chat_.begin(std::move(copy.chat), !is_sure());
    queue_.begin(std::move(copy.queue), std::move(copy.films));
    empty_since_ = deserted_since_ = powers_.clock.now();
    left_at_ = powers_.time.now();
    screening_.holds().rule(room_.hold, std::nullopt, left_at_);
    if (const auto& saved = copy.playback) {
        if (!check_not_ahead(saved->playback.stamp, left_at_)) {
            powers_.metrics.refused_stamps.fetch_add(1);
            log::warning("room.clock_went_back",
                         {{"room", room_.code.text()}, {"stamp", saved->playback.stamp.text()}});
        }
        if (saved->playback.video) screening_.set_film(queue_.extent_of(*saved->playback.video));
        screening_.restore(*saved, moment(), rules_.empty_patience);
        left_at_ = saved->saved_at;
    } else {
        screening_.begin();
    }
    if (rules_.alone) settle_in(powers_.clock.now());
    playback_untold_ = false;
    queue_.expect(screening_.playback());
    work_on_films();
}

std::optional<RoomCopy> LiveRoom::copy() {
    // Without the bans nobody could be let in.
    if (gone_ || powers_.known == nullptr || !powers_.known->find(room_.code)) return std::nullopt;
    // Who is here, and the film to the moment: it goes before.
    peer_speaker_.everything();
    RoomCopy copy;
    copy.listed = {room_, owner_name_};
    copy.staff = roster_.staff();
    copy.bans = powers_.known->bans(room_.code, powers_.clock.wall());
    copy.chat = chat_.so_far();
    copy.queue = {queue_.queue(), queue_.version()};
    copy.films = queue_.films();
    copy.playback = saved();
    return copy;
}

bool LiveRoom::may_go(Instant now) const {
    if (tasks_ > 0) return false;
    if (gone_) return true;
    if (chat_.has_unkept() || !is_sure() || !is_deserted(now)) return false;
    return powers_.known == nullptr || now - sure_at_ <= kSureFor;
}

bool LiveRoom::is_deserted(Instant now) const {
    return deserted_since_ && now - *deserted_since_ >= rules_.empty_patience && !is_playing();
}

void LiveRoom::look_at_stores(Instant now) {
    if (look_for_film_ && now >= *look_for_film_) {
        look_for_film_ = Instant::max();
        spawn("room.film", read_film());
    }
    // Before it goes it must be known that it can be read again.
    if (!look_again_ && is_deserted(now) && powers_.known != nullptr) {
        if (now - sure_at_ > kSureFor) look_again_ = now;
    }
    if (!look_again_ || now < *look_again_) return;
    // Until it is read.
    look_again_ = Instant::max();
    spawn("room.anew", read_anew());
}

/// Who comes from a node that was cut off from the others before it ended saw what it saved, and
/// could tell nobody.
net::awaitable<void> LiveRoom::read_film() {
    const auto kept = co_await powers_.playback.load(room_.code);
    if (!kept) look_for_film_ = powers_.clock.now() + kLookEvery;
    if (!kept || gone_) co_return;
    // Somebody else may have come meanwhile.
    if (look_for_film_ == Instant::max()) look_for_film_.reset();
    if (!*kept) co_return;
    Screening::Told told;
    told.state = **kept;
    if (!screening_.merge(told, moment()).value_or(false)) co_return;
    const auto& video = screening_.playback().video;
    screening_.set_film(video ? queue_.extent_of(*video) : FilmExtent());
    playback_untold_ = true;
    queue_.read_again();
    tell_playback();
}

net::awaitable<void> LiveRoom::read_anew() {
    auto read = co_await read_decisions(powers_, room_.code);
    if (gone_) co_return;
    if (!read) {
        look_again_ = powers_.clock.now() + kLookEvery;
        if (read.error().code != ErrorCode::NotFound) co_return;
        RoomNotice deleted;
        deleted.kind = RoomNotice::Kind::Deleted;
        co_return noticed(deleted);
    }
    look_again_.reset();
    const Instant now = sure_at_ = powers_.clock.now();
    for (const UserId user : roster_.set_staff(read->staff)) news_.changed(user, now);
    if (powers_.known != nullptr) powers_.known->put(read->listed, std::move(read->bans));
    room_ = std::move(read->listed.room);
    speaker_.room(*audience_, room_, roster_.size());
    look_for_film_ = now;
    look_for_host();
    screening_.reconcile(moment());
    chat_.read_again();
    queue_.read_again();
    for (const QueueItem& each : queue_.queue().items) queue_.look_again(each.video);
    work_on_chat();
    work_on_queue();
    work_on_films();
    tell_playback();
}

}  // namespace syncwatch
