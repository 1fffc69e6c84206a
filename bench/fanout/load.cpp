#include "fanout/load.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load/instant.h"
#include "load/process_cost.h"

namespace syncwatch::bench {
namespace {

constexpr std::size_t kRing = 8192;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr double kWarmUp = 0.5;
constexpr std::int64_t kPatience = 3 * kSecond;
constexpr std::int64_t kEntrancePatience = 180 * kSecond;

double seconds_of(std::int64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

}  // namespace

Load::Load(Options options)
    : options_(std::move(options)), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(256 * 1024) {
    int number = 0;
    for (const std::string& code : options_.rooms) {
        Room& room = rooms_.emplace_back();
        room.sent_at.resize(kRing);
        room.readers = options_.members;
        for (int i = 0; i < options_.members; ++i) {
            room.members.push_back(std::make_unique<Member>(code, rooms_.size() - 1, ++number));
        }
    }
}

Load::~Load() {
    rooms_.clear();
    ::close(epoll_);
}

Load::Entered Load::enter() {
    Entered entered;
    entered.resident_before_kib = resident_kib(options_.servers);
    entered.tcp_before_kib = tcp_kib();
    const std::int64_t cpu = cpu_ns(options_.servers);
    const std::int64_t begin = now_ns();
    std::vector<Member*> waiting;
    for (const Room& room : rooms_) {
        for (const auto& member : room.members) waiting.push_back(member.get());
    }
    for (std::size_t started = 0; ready_ < waiting.size();) {
        while (started < waiting.size() &&
               started - ready_ < static_cast<std::size_t>(options_.at_once)) {
            const auto& target = options_.targets[started % options_.targets.size()];
            waiting[started++]->start(epoll_, target);
        }
        poll(kSecond / 10);
        if (closed_ > 0) throw std::runtime_error("a member could not come in: " + why_closed_);
        if (now_ns() - begin > kEntrancePatience) {
            throw std::runtime_error(fmt::format("only {} members came in in time", ready_));
        }
    }
    entered.seconds = seconds_of(now_ns() - begin);
    entered.server_cpu = seconds_of(cpu_ns(options_.servers) - cpu);
    entered.resident_after_kib = resident_kib(options_.servers);
    entered.tcp_after_kib = tcp_kib();
    return entered;
}

void Load::poll(std::int64_t wait_ns) {
    std::array<epoll_event, 256> events;
    const timespec wait{wait_ns / kSecond, wait_ns % kSecond};
    const int count = ::epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr) {
            input_waits_ = true;
        } else {
            static_cast<Member*>(event.data.ptr)->on_events(event.events, buffer_, *this);
        }
    }
}

void Load::on_ready(Member&) {
    ++ready_;
}

void Load::on_frame(Member& member, std::string_view payload, std::int64_t now) {
    const auto number = number_of(probe_, payload);
    if (!number) return;
    // A state may be told again at any time; everything else comes once.
    if (probe_ == Probe::Seek && *number == member.last_number) return;
    Room& room = rooms_[member.room_index()];
    if (member.last_number >= 0 && *number != member.last_number + 1) ++gaps_;
    member.last_number = *number;
    latency_.add(now - room.sent_at[static_cast<std::size_t>(*number) % kRing]);
    ++delivered_;
    ++room.delivered;
    room.touched = true;
}

void Load::on_closed(Member&, const std::string& why) {
    ++closed_;
    why_closed_ = why;
}

void Load::send(Room& room, std::int64_t due) {
    room.sent_at[static_cast<std::size_t>(room.sent) % kRing] = due;
    const std::string text =
        options_.targets.front().is_product ? say(probe_, room.sent) : relayed(probe_, room.sent);
    room.members.front()->say(text);
    ++room.sent;
    ++sent_;
}

std::int64_t Load::missing() const {
    std::int64_t expected = 0;
    for (const Room& room : rooms_) expected += room.sent * room.readers - room.delivered;
    return expected;
}

/// Runs `pump` again and again: it sends what is to be sent, and says for how long to wait.
Measured Load::measure(double seconds, const std::function<std::int64_t()>& pump) {
    const auto spin = [&](double span) {
        const std::int64_t end = now_ns() + static_cast<std::int64_t>(span * 1e9);
        for (std::int64_t now = now_ns(); now < end; now = now_ns()) {
            const std::int64_t wait = pump();
            poll(std::clamp<std::int64_t>(std::min(wait, end - now), 0, kSecond / 20));
        }
    };
    const std::int64_t gaps = gaps_;
    spin(kWarmUp);
    latency_.clear();
    const std::int64_t begin = now_ns();
    const std::int64_t cpu = cpu_ns(options_.servers);
    const std::int64_t own = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    const std::int64_t sent = sent_;
    const std::int64_t delivered = delivered_;
    spin(seconds);
    Measured measured;
    measured.seconds = seconds_of(now_ns() - begin);
    measured.server_cpu = seconds_of(cpu_ns(options_.servers) - cpu);
    measured.own_cpu = seconds_of(now_ns(CLOCK_PROCESS_CPUTIME_ID) - own);
    measured.sent = sent_ - sent;
    measured.deliveries = delivered_ - delivered;
    measured.resident_kib = resident_kib(options_.servers);
    measured.tcp_kib = tcp_kib();
    const std::int64_t stopped = now_ns();
    while (missing() > 0 && now_ns() - stopped < kPatience) poll(kSecond / 100);
    measured.p50_us = latency_.quantile_us(0.5);
    measured.p99_us = latency_.quantile_us(0.99);
    measured.max_us = latency_.max_us();
    measured.missing = missing();
    measured.gaps = gaps_ - gaps;
    measured.closed = closed_;
    return measured;
}

/// A message is under way until the last has heard it: not, as where people are on several servers,
/// until half have.
std::int64_t Load::heard_by_all(const Room& room) {
    std::int64_t heard = room.sent;
    for (std::int64_t i = 0; i < room.readers; ++i) {
        heard = std::min(heard, room.members[static_cast<std::size_t>(i)]->last_number + 1);
    }
    return heard;
}

Measured Load::run_window(Probe probe, int window, double seconds) {
    probe_ = probe;
    for (Room& room : rooms_) room.touched = true;
    return measure(seconds, [&] {
        const std::int64_t now = now_ns();
        for (Room& room : rooms_) {
            if (!std::exchange(room.touched, false)) continue;
            const std::int64_t end = heard_by_all(room) + window;
            while (room.sent < end) send(room, now);
        }
        return kSecond / 20;
    });
}

Measured Load::run_rate(Probe probe, double per_second, double seconds) {
    probe_ = probe;
    const std::int64_t begin = now_ns();
    const double gap = 1e9 / (per_second * static_cast<double>(rooms_.size()));
    std::int64_t sent = 0;
    const auto due = [&] {
        return begin + static_cast<std::int64_t>(static_cast<double>(sent) * gap);
    };
    return measure(seconds, [&] {
        for (std::int64_t now = now_ns(); due() <= now; ++sent) {
            send(rooms_[static_cast<std::size_t>(sent) % rooms_.size()], due());
        }
        return due() - now_ns();
    });
}

Measured Load::run_idle(double seconds) {
    return measure(seconds, [] { return kSecond / 20; });
}

void Load::stall(int count) {
    for (Room& room : rooms_) {
        const auto size = static_cast<int>(room.members.size());
        for (int i = std::max(1, size - count); i < size; ++i) {
            room.members[static_cast<std::size_t>(i)]->stall();
            room.delivered -= room.sent;
            --room.readers;
        }
    }
}

std::string Load::next_command() {
    epoll_event event{};
    event.events = EPOLLIN;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    std::size_t end = std::string::npos;
    while ((end = input_.find('\n')) == std::string::npos && !input_ended_) {
        poll(kSecond / 10);
        if (!std::exchange(input_waits_, false)) continue;
        std::array<char, 512> piece;
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        input_ended_ = got <= 0;
        if (got > 0) input_.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
    if (end == std::string::npos) return {};
    std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    return line;
}

}  // namespace syncwatch::bench
