#include "adapters/linked_bus/envelope.h"

#include "base/assert.h"

namespace syncwatch {
namespace {

constexpr char kVersion = '1';
constexpr char kMessage = 'm';
constexpr char kBeat = 'b';
constexpr std::uint8_t kPrimaryLoops = 1;
constexpr std::uint8_t kNeedsSecond = 2;

/// Big-endian.
void put(std::string& out, std::uint64_t number, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(number >> shift & 0xff));
    }
}

/// Takes fields off the front; what is too short leaves it broken.
class Fields {
public:
    explicit Fields(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number(std::size_t bytes) {
        std::uint64_t value = 0;
        for (const char each : text(bytes)) value = value << 8 | static_cast<std::uint8_t>(each);
        return value;
    }
    std::string_view text(std::size_t bytes) {
        if (bytes > rest_.size()) {
            broken_ = true;
            return {};
        }
        const std::string_view taken = rest_.substr(0, bytes);
        rest_.remove_prefix(bytes);
        return taken;
    }
    std::string_view rest() const { return rest_; }
    bool broken() const { return broken_; }

private:
    std::string_view rest_;
    bool broken_ = false;
};

}  // namespace

std::string encode(const BusMessage& message) {
    SW_ASSERT(message.topic.size() <= kMaxTopic);
    std::string out{kVersion, kMessage};
    out.reserve(21 + message.topic.size() + message.cause.size() + message.payload.size());
    put(out, message.publisher, 8);
    put(out, message.number, 8);
    put(out, message.topic.size(), 2);
    out += message.topic;
    const bool caused = message.cause.size() <= kMaxCause;
    put(out, caused ? message.cause.size() : 0, 1);
    if (caused) out += message.cause;
    out += message.payload;
    return out;
}

std::string encode(const BusBeat& beat) {
    std::string out{kVersion, kBeat};
    put(out, beat.publisher, 8);
    put(out, beat.beat, 8);
    put(out, beat.sent, 8);
    put(out, beat.published, 8);
    put(out, beat.connection, 8);
    const int flags =
        (beat.primary_loops ? kPrimaryLoops : 0) | (beat.needs_second ? kNeedsSecond : 0);
    out.push_back(static_cast<char>(flags));
    return out;
}

std::optional<std::variant<BusMessage, BusBeat>> decode_envelope(std::string_view bytes) {
    if (bytes.size() < 2 || bytes[0] != kVersion) return std::nullopt;
    Fields fields(bytes.substr(2));
    if (bytes[1] == kMessage) {
        BusMessage message;
        message.publisher = fields.number(8);
        message.number = fields.number(8);
        const std::size_t topic = fields.number(2);
        if (topic > kMaxTopic) return std::nullopt;
        message.topic = fields.text(topic);
        message.cause = fields.text(fields.number(1));
        message.payload = fields.rest();
        if (fields.broken() || message.number == 0) return std::nullopt;
        return message;
    }
    if (bytes[1] == kBeat) {
        BusBeat beat;
        beat.publisher = fields.number(8);
        beat.beat = fields.number(8);
        beat.sent = fields.number(8);
        beat.published = fields.number(8);
        beat.connection = fields.number(8);
        const std::uint64_t flags = fields.number(1);
        beat.primary_loops = (flags & kPrimaryLoops) != 0;
        beat.needs_second = (flags & kNeedsSecond) != 0;
        if (fields.broken()) return std::nullopt;
        return beat;
    }
    return std::nullopt;
}

}  // namespace syncwatch
