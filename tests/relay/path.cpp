#include "relay/path.h"

#include <algorithm>
#include <cmath>

namespace syncwatch::relay {
namespace {

using namespace std::chrono_literals;

/// Timers fire late: this much that was not used in time is made good.
constexpr Duration kCredit = 20ms;
/// How long one stream may hold the bottleneck at a time.
constexpr Duration kTurn = 10ms;
constexpr std::size_t kLeastTurn = 256;
constexpr std::size_t kMostTurn = 16 * 1024;
/// A packet that is lost this often in a row gets through nevertheless.
constexpr int kMostRepeats = 4;

double unit(std::mt19937_64& chance) {
    return static_cast<double>(chance() >> 11) * 0x1.0p-53;
}

Duration off_by(std::mt19937_64& chance, const Conditions& conditions) {
    const double part = 2 * unit(chance) - 1;
    const auto offset = std::chrono::duration_cast<Duration>(conditions.jitter * part);
    return std::max(Duration(0), conditions.delay + offset);
}

}  // namespace

Instant Bottleneck::pass(Instant now, std::size_t bytes, std::uint64_t bytes_per_second) {
    if (bytes_per_second == 0) {
        free_at_ = now;
        return now;
    }
    const auto takes = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
        static_cast<double>(bytes) / static_cast<double>(bytes_per_second)));
    free_at_ = std::max(free_at_, now - kCredit) + takes;
    return std::max(now, free_at_);
}

Duration Bottleneck::queue(Instant now) const {
    return std::max(Duration(0), free_at_ - now);
}

std::size_t Bottleneck::turn_bytes(std::uint64_t bytes_per_second) {
    if (bytes_per_second == 0) return kMostTurn;
    const double turn = std::chrono::duration<double>(kTurn).count();
    const auto bytes = static_cast<std::size_t>(static_cast<double>(bytes_per_second) * turn);
    return std::clamp(bytes, kLeastTurn, kMostTurn);
}

Instant StreamPath::arrival(Instant sent, std::size_t bytes, const Conditions& conditions) {
    Instant at = sent + off_by(chance_, conditions);
    const std::size_t packets = std::max<std::size_t>(1, (bytes + kPacketBytes - 1) / kPacketBytes);
    const double whole = std::pow(1 - conditions.loss, static_cast<double>(packets));
    if (conditions.loss > 0 && unit(chance_) >= whole) {
        ++stalls_;
        Duration pause = conditions.pause;
        at += pause;
        for (int i = 1; i < kMostRepeats && unit(chance_) < conditions.loss; ++i) {
            pause *= 2;
            at += pause;
        }
    }
    last_ = std::max(last_, at);
    return last_;
}

std::optional<Instant> DatagramPath::arrival(Instant sent, const Conditions& conditions) {
    const Instant at = sent + off_by(chance_, conditions);
    if (conditions.loss > 0 && unit(chance_) < conditions.loss) return std::nullopt;
    return at;
}

}  // namespace syncwatch::relay
