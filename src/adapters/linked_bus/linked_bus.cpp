#include "adapters/linked_bus/linked_bus.h"

#include <bit>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/log/log.h"

namespace syncwatch {
namespace {

using namespace std::chrono_literals;

/// How often what has to happen by itself is looked at: a part of what a takeover costs.
constexpr auto kLookEvery = 50ms;
const std::string kGap = "gap";

PublisherId draw_publisher(Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    return std::bit_cast<PublisherId>(bytes);
}

std::string_view name(Road road) {
    return road == Road::Primary ? "primary" : "second";
}

}  // namespace

LinkedBus::LinkedBus(Clock& clock, Random& random, std::unique_ptr<BusLink> primary,
                     std::unique_ptr<BusLink> second, Options options)
    : clock_(clock),
      options_(options),
      self_(draw_publisher(random)),
      choice_(options.choice),
      outbox_(options.outbox),
      inbox_(options.inbox),
      since_(clock.wall()) {
    const auto make = [&](std::unique_ptr<BusLink> link, std::chrono::milliseconds beat_every) {
        LinkHealth health(options.health, clock.now());
        return std::make_unique<Line>(Line{std::move(link), health, beat_every});
    };
    lines_[0] = make(std::move(primary), options.primary_beat);
    if (second) lines_[1] = make(std::move(second), options.second_beat);
}

LinkedBus::~LinkedBus() {
    thread_ = {};
    for (const auto& each : lines_) {
        if (each) each->link->stop();
    }
}

void LinkedBus::start() {
    for (const Road road : {Road::Primary, Road::Second}) {
        if (Line* each = line(road)) each->link->start(receiver(road));
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

BusLink::Receiver LinkedBus::receiver(Road road) {
    return {[this, road](std::string_view bytes) { received(road, bytes); },
            [this, road](bool is) { connected(road, is); }};
}

void LinkedBus::publish(const std::string& topic, std::string payload) {
    SW_ASSERT(topic.size() <= kMaxTopic);
    const std::lock_guard lock(mutex_);
    if (payload.size() > options_.max_message) {
        ++too_long_;
        log::warning("bus.message_too_long", {{"topic", topic}, {"bytes", payload.size()}});
        return;
    }
    BusMessage message{self_, ++published_, topic, std::move(payload),
                       std::string(log::current_request())};
    auto bytes = std::make_shared<const std::string>(encode(message));
    outbox_.add(published_, std::move(bytes));
    local_.publish(topic, std::move(message.payload));
    pump(clock_.now());
}

std::unique_ptr<Bus::Subscription> LinkedBus::subscribe(const std::string& topic,
                                                        net::any_io_executor executor,
                                                        Handler handler) {
    return local_.subscribe(topic, std::move(executor), std::move(handler));
}

std::unique_ptr<Bus::Subscription> LinkedBus::on_gap(net::any_io_executor executor,
                                                     GapHandler handler) {
    auto call = [handler = std::move(handler)](const std::string&) { handler(); };
    return gaps_.subscribe(kGap, std::move(executor), std::move(call));
}

void LinkedBus::received(Road road, std::string_view bytes) {
    auto content = decode_envelope(bytes);
    if (!content) return;
    const Instant now = clock_.now();
    {
        const std::lock_guard lock(mutex_);
        if (const auto* beat = std::get_if<BusBeat>(&*content)) {
            heard_beat(*beat, road, now);
        } else if (auto& message = std::get<BusMessage>(*content); message.publisher != self_) {
            deliver(inbox_.take(std::move(message), now));
        }
    }
    tell();
}

void LinkedBus::heard_beat(const BusBeat& beat, Road road, Instant now) {
    if (beat.publisher == self_) {
        line(road)->health.heard(beat.beat, now);
        outbox_.confirm(road, beat.sent);
    } else {
        inbox_.heard(beat, now);
        // At the next beat: nodes come back together.
        if (choice_.heard(beat, road, now)) line(road)->again = true;
    }
    choose(now);
}

void LinkedBus::connected(Road road, bool is) {
    {
        const std::lock_guard lock(mutex_);
        const Instant now = clock_.now();
        line(road)->health.set_connected(is, now);
        line(road)->next_beat = now;
        if (!is) outbox_.broken(road);
        if (is) {
            ++line(road)->connection;
            send_beat(road, now);
        }
        choose(now);
    }
    tell();
}

void LinkedBus::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            const Instant now = clock_.now();
            choose(now);
            outbox_.trim(now);
            for (const Road road : {Road::Primary, Road::Second}) {
                Line* each = line(road);
                if (each == nullptr || now < each->next_beat) continue;
                if (std::exchange(each->again, false)) outbox_.again(road);
                send_beat(road, now);
            }
            pump(now);
            deliver(inbox_.give_up(now));
            if (connected_) tell_gap();
        }
        tell();
        std::unique_lock lock(mutex_);
        (void)woken_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
}

void LinkedBus::send_beat(Road road, Instant now) {
    Line& on = *line(road);
    on.next_beat = now + on.beat_every;
    if (!on.health.connected()) return;
    BusBeat beat;
    beat.publisher = self_;
    beat.beat = ++on.beats;
    beat.sent = outbox_.sent(road);
    beat.published = published_;
    beat.connection = on.connection;
    beat.primary_loops = line(Road::Primary)->health.fit(now);
    beat.needs_second = choice_.needs_second();
    on.health.sent(beat.beat, now);
    on.link->send(std::make_shared<const std::string>(encode(beat)));
}

void LinkedBus::choose(Instant now) {
    const bool needed_second = choice_.needs_second();
    choice_.update(line(Road::Primary)->health.trusted(now), now);
    const Line* second = line(Road::Second);
    if (second != nullptr && choice_.needs_second() != needed_second) {
        ++switches_;
        active_ = choice_.needs_second() ? Road::Second : Road::Primary;
        since_ = clock_.wall();
        // Peers must not wait for the next beat to hear of it.
        send_beat(Road::Second, now);
    }
    connected_ = false;
    for (const auto& each : lines_) {
        connected_ = connected_ || (each && each->health.connected() && each->health.fit(now));
    }
    pump(now);
}

bool LinkedBus::is_open(Road road) const {
    const auto& each = lines_[static_cast<std::size_t>(road)];
    return each && each->health.connected();
}

void LinkedBus::pump(Instant now) {
    const auto routes = choice_.routes();
    // A road that is doubtful is better than none.
    const bool second = routes.second && is_open(Road::Second);
    const bool primary = (routes.primary || !second) && is_open(Road::Primary);
    const auto send_on = [this, now](Road road) {
        outbox_.pump(road, now,
                     [&](const BusLink::Bytes& bytes) { line(road)->link->send(bytes); });
    };
    if (primary) send_on(Road::Primary);
    if (second) send_on(Road::Second);
}

void LinkedBus::deliver(const Inbox::Messages& messages) {
    for (const BusMessage& each : messages) {
        const log::Context context(each.cause);
        local_.publish(each.topic, each.payload);
    }
}

void LinkedBus::tell_gap() {
    // A part of this node that does not keep up misses messages like one that is cut off.
    const bool overflow = std::exchange(overflowed_, local_.dropped()) != local_.dropped();
    if (!inbox_.take_gap() && !overflow) return;
    ++told_gaps_;
    gaps_.publish(kGap, {});
}

LinkedBus::Status LinkedBus::status() const {
    const std::lock_guard lock(mutex_);
    return status_now(clock_.now());
}

LinkedBus::Status LinkedBus::status_now(Instant now) const {
    Status status;
    status.active = active_;
    status.connected = connected_;
    status.since = since_;
    status.switches = switches_;
    status.primary = road_status(*lines_[0], now);
    if (lines_[1]) status.second = road_status(*lines_[1], now);
    status.peers = choice_.peers(now);
    status.waiting = outbox_.waiting();
    status.dropped = outbox_.dropped() + too_long_ + local_.dropped();
    status.lost = inbox_.lost();
    status.passed_by = inbox_.passed_by();
    status.gaps = told_gaps_;
    return status;
}

LinkedBus::RoadStatus LinkedBus::road_status(const Line& line, Instant now) const {
    return {line.health.connected() && line.health.fit(now), line.health.latency(),
            line.link->status()};
}

void LinkedBus::tell() {
    std::optional<Status> news;
    {
        const std::lock_guard lock(mutex_);
        const bool changed = told_connected_ != connected_ || told_switches_ != switches_;
        if (!changed) return;
        told_connected_ = connected_;
        told_switches_ = switches_;
        news = status_now(clock_.now());
    }
    log::warning("bus.changed", {{"active", name(news->active)},
                                 {"connected", news->connected},
                                 {"primary", news->primary.link.at},
                                 {"why", news->primary.link.why}});
    if (listener_) listener_(*news);
}

}  // namespace syncwatch
