// Bytes of a WebSocket client: however they are cut into pieces, the decoder finds the same in
// them, and never more than its limit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/encoding.h"
#include "gateway/websocket/decoder.h"

namespace syncwatch::websocket {
namespace {

constexpr std::size_t kLimit = 300;

class Recorder final : public DecoderEvents {
public:
    bool on_text(std::string_view message) override {
        SW_ASSERT(message.size() <= kLimit);
        SW_ASSERT(is_utf8(message));
        seen.push_back("text " + std::string(message));
        return true;
    }
    void on_ping(std::string_view payload) override {
        SW_ASSERT(payload.size() <= 125);
        seen.push_back("ping " + std::string(payload));
    }
    void on_pong(std::string_view payload) override {
        seen.push_back("pong " + std::string(payload));
    }
    void on_close(std::optional<std::uint16_t> code, std::string_view reason) override {
        seen.push_back("close " + std::to_string(code.value_or(0)) + std::string(reason));
    }

    std::vector<std::string> seen;
};

struct Outcome {
    std::vector<std::string> seen;
    std::optional<Violation> violation;
    bool operator==(const Outcome&) const = default;
};

Outcome decode(const std::string& wire, std::size_t piece) {
    Decoder decoder(kLimit);
    Recorder recorder;
    for (std::size_t at = 0; at < wire.size(); at += piece) {
        std::string part = wire.substr(at, piece);
        if (auto found = decoder.feed(part, recorder)) return {recorder.seen, found};
    }
    return {recorder.seen, std::nullopt};
}

}  // namespace
}  // namespace syncwatch::websocket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace syncwatch::websocket;
    if (size < 1) return 0;
    const std::size_t piece = data[0] % 32 + 1;
    const std::string wire(reinterpret_cast<const char*>(data) + 1, size - 1);
    SW_ASSERT(decode(wire, std::max<std::size_t>(1, wire.size())) == decode(wire, piece));
    return 0;
}
