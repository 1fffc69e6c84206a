#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

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

class Frame;
using SharedFrame = boost::intrusive_ptr<const Frame>;

/// A frame as it goes over the wire, header and all, made once and shared by everyone it goes to.
/// Counted without atomics: a frame stays on the thread that made it. Its bytes lie behind it, in
/// the same piece of memory.
class Frame final
    : public boost::intrusive_ref_counter<Frame, boost::sp_adl_block::thread_unsafe_counter> {
public:
    static SharedFrame make(Opcode opcode, std::string_view payload);
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    // Its other half is private: only make() creates one.
    // NOLINTNEXTLINE(misc-new-delete-overloads)
    static void operator delete(void* memory) { ::operator delete(memory); }

    std::string_view bytes() const { return {reinterpret_cast<const char*>(this + 1), size_}; }

private:
    static void* operator new(std::size_t size, std::size_t behind) {
        return ::operator new(size + behind);
    }
    static void operator delete(void* memory, std::size_t) { ::operator delete(memory); }
    explicit Frame(std::size_t size) : size_(size) {}

    std::size_t size_;
};

/// A whole text message.
SharedFrame frame_text(std::string_view payload);
/// `reason` is cut to what fits a control frame.
SharedFrame frame_close(std::uint16_t code, std::string_view reason);

}  // namespace syncwatch::websocket
