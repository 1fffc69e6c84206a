#pragma once
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncwatch::websocket {

/// Opcodes of RFC 6455, 5.2.
enum class Opcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
};

/// A frame as it goes over the wire, header and all, made once and shared by everyone it goes to.
/// Counted without atomics: a frame stays on the thread that made it.
class Frame
    : public boost::intrusive_ref_counter<Frame, boost::sp_adl_block::thread_unsafe_counter> {
public:
    Frame(Opcode opcode, std::string_view payload);
    const std::string& bytes() const { return bytes_; }
    bool is_control() const { return control_; }

private:
    std::string bytes_;
    bool control_;
};

using SharedFrame = boost::intrusive_ptr<const Frame>;

/// A whole text message.
SharedFrame frame_text(std::string_view payload);
/// `reason` is cut to what fits a control frame.
SharedFrame frame_close(std::uint16_t code, std::string_view reason);

}  // namespace syncwatch::websocket
