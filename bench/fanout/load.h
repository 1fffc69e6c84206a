#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "fanout/member.h"
#include "fanout/probe.h"
#include "load/histogram.h"

namespace syncwatch::bench {

/// What one stretch of load came to.
struct Measured {
    double seconds = 0;
    std::int64_t sent = 0;
    std::int64_t deliveries = 0;
    double server_cpu = 0;  ///< Seconds, of all threads of the server.
    double own_cpu = 0;
    double p50_us = 0;
    double p99_us = 0;
    double max_us = 0;
    std::int64_t resident_kib = 0;  ///< Of the server, at the end.
    std::int64_t tcp_kib = 0;       ///< Of the whole machine, at the end.
    std::int64_t missing = 0;       ///< Deliveries that had not come 3 s after the end.
    std::int64_t gaps = 0;          ///< Deliveries out of their order.
    std::int64_t closed = 0;        ///< Connections that ended since the beginning.
};

/// Rooms full of members on one thread. One member of each room sends; everybody in it, the sender
/// too, gets what is sent.
class Load final : private MemberListener {
public:
    struct Options {
        /// The members of a room are spread over them in turn.
        std::vector<Target> targets;
        std::vector<std::string> rooms;
        int members = 10;  ///< In each room.
        int at_once = 64;  ///< Members on their way in at the same time.
        std::vector<pid_t> servers;
    };

    explicit Load(Options options);
    ~Load() override;

    struct Entered {
        double seconds = 0;
        double server_cpu = 0;
        std::int64_t resident_before_kib = 0;
        std::int64_t resident_after_kib = 0;
        std::int64_t tcp_before_kib = 0;
        std::int64_t tcp_after_kib = 0;
    };
    /// Brings everybody in. Throws std::runtime_error when somebody is refused.
    Entered enter();

    /// Closed loop: in every room up to `window` messages are under way.
    Measured run_window(Probe probe, int window, double seconds);
    /// Open loop: `per_second` messages in every room. Latency counts from when one was due, so a
    /// stall is not forgiven.
    Measured run_rate(Probe probe, double per_second, double seconds);
    /// Nothing is sent.
    Measured run_idle(double seconds);
    /// The last `count` members of every room stop to read; nobody counts on them any more.
    void stall(int count);

    /// Hears of lines on stdin while nothing is measured; gives the next one. Empty: the end.
    std::string next_command();

private:
    struct Room {
        std::vector<std::unique_ptr<Member>> members;
        std::int64_t readers = 0;
        std::int64_t sent = 0;
        std::int64_t delivered = 0;
        std::vector<std::int64_t> sent_at;  ///< By number, a ring.
        bool touched = true;
    };

    void on_ready(Member& member) override;
    void on_frame(Member& member, std::string_view payload, std::int64_t now) override;
    void on_closed(Member& member, const std::string& why) override;

    void poll(std::int64_t wait_ns);
    void send(Room& room, std::int64_t due);
    static std::int64_t heard_by_all(const Room& room);
    Measured measure(double seconds, const std::function<std::int64_t()>& pump);
    std::int64_t missing() const;

    const Options options_;
    int epoll_;
    std::vector<Room> rooms_;
    std::vector<char> buffer_;
    Probe probe_ = Probe::React;  ///< What is being said.
    Histogram latency_;
    std::string input_;
    bool input_waits_ = false;
    bool input_ended_ = false;
    std::size_t ready_ = 0;
    std::int64_t closed_ = 0;
    std::string why_closed_;
    std::int64_t sent_ = 0;
    std::int64_t delivered_ = 0;
    std::int64_t gaps_ = 0;
};

}  // namespace syncwatch::bench
