// Room frames as a client might send them: whatever comes is taken or refused, and what is said
// about it is a frame that the client can read.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/assert.h"
#include "base/encoding.h"
#include "protocol/room/decode.h"
#include "protocol/room/encode.h"

namespace syncwatch::room_protocol {
namespace {

void check_frame(const std::string& text) {
    SW_ASSERT(is_utf8(text));
    boost::system::error_code failed;
    const auto frame = boost::json::parse(text, failed);
    SW_ASSERT(!failed);
    SW_ASSERT(frame.is_object());
}

void check_id(const std::string& id) {
    SW_ASSERT(!id.empty() && id.size() <= kMostFrameId);
    check_frame(encode_ack(id, {}));
}

struct Check {
    void operator()(const Hello&) const {}
    void operator()(const ClockQuestion& frame) const {
        check_frame(encode_clock(frame.t0, from_micros(1), from_micros(2)));
    }
    void operator()(const ControlFrame& frame) const {
        check_id(frame.id);
        SW_ASSERT(std::isfinite(frame.rate));
        SW_ASSERT(!frame.position || (std::isfinite(*frame.position) && *frame.position >= 0));
    }
    void operator()(const ReportFrame& frame) const {
        SW_ASSERT(std::isfinite(frame.report.drift_ms));
        SW_ASSERT(frame.report.position >= 0 && frame.report.buffered >= 0);
    }
    void operator()(const ChatFrame& frame) const {
        check_id(frame.id);
        ChatMessage message;
        message.text = frame.text;
        check_frame(encode_chat(message));
    }
    void operator()(const ReactFrame& frame) const {
        check_frame(encode_react({}, "name", frame.emoji, frame.position));
    }
    void operator()(const QueueFrame& frame) const { check_id(frame.id); }
    void operator()(const RoleFrame& frame) const { check_id(frame.id); }
    void operator()(const KickFrame& frame) const { check_id(frame.id); }
    void operator()(const VoiceFrame&) const {}
    void operator()(const SignalFrame& frame) const { check_frame(encode_signal({}, frame.data)); }
};

}  // namespace
}  // namespace syncwatch::room_protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace syncwatch::room_protocol;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What is no UTF-8 does not come this far (the WebSocket decoder refuses it).
    if (!syncwatch::is_utf8(text)) return 0;
    const auto frame = decode_client_frame(text);
    if (frame) {
        std::visit(Check(), *frame);
    } else {
        check_frame(encode_error(frame.error().id, "invalid", frame.error().why));
    }
    return 0;
}
